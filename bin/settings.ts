import type { Command } from "commander";

/** A service's options, each of which may stand in its settings too: `--staff-listen` as `GENKAN_STAFF_LISTEN`. */
const inSettings = new Set([
  "data",
  "master-key",
  "store",
  "store-url-file",
  "bus",
  "bus-url-file",
  "staff-listen",
  "portal-cert",
  "portal-key",
  "staff-cert",
  "staff-key",
  "downloads",
  "metrics",
  "listen",
  "authority-key",
  "allow",
  "access-cert",
  "access-key",
]);

/**
 * Runs the command line. A service's options are taken from its environment where it does not name them, and the environment
 * from the file that `GENKAN_SETTINGS` names: what is installed as a service has one place for them, and its verbs ask for
 * none. Throws when that file can't be read. Secrets never stand there, only the paths of the files that hold them.
 */
export async function parseWithSettings(program: Command): Promise<void> {
  const file = process.env["GENKAN_SETTINGS"];
  if (file !== undefined) process.loadEnvFile(file);
  take(program);
  await program.parseAsync();
}

function take(command: Command): void {
  for (const option of command.options.filter((one) => inSettings.has(one.name()))) {
    const value = process.env[`GENKAN_${option.name().toUpperCase().replaceAll("-", "_")}`];
    if (value !== undefined) command.setOptionValueWithSource(option.attributeName(), value, "env");
  }
  for (const below of command.commands) take(below);
}
