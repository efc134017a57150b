import { join } from "node:path";
import { UsageError } from "./usage-error.ts";

/**
 * Where the command line keeps its files. `home` is asked only when the environment does not say: it throws for a user
 * without one. Throws `home-missing` when nothing says.
 */
export function configFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: () => string): string {
  const own = env["GENKAN_CONFIG_DIR"];
  if (own) return own;
  const config = env["XDG_CONFIG_HOME"] || (platform === "win32" && env["APPDATA"]) || join(homeOf(home), ".config");
  return join(config, "genkan", "cli");
}

function homeOf(home: () => string): string {
  let path = "";
  try {
    path = home();
  } catch {
    // Treated as no home folder, below.
  }
  if (path === "") throw new UsageError("home-missing");
  return path;
}
