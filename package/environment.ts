import { delimiter, join } from "node:path";

/** The environment of whoever packages, which is read here alone: the same for each tool that is run, with what it needs besides. */
export const toolEnvironment = (more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...process.env,
  ...more,
});

/** The path on which tools are found, with those that npm installed before all others. */
export const toolPath = (root: string): string =>
  [join(root, "node_modules/.bin"), process.env["PATH"] ?? ""].join(delimiter);

/** `SOURCE_DATE_EPOCH` (reproducible-builds.org): seconds since 1970; undefined where nobody says it. */
export const sourceDateEpoch = (): string | undefined => process.env["SOURCE_DATE_EPOCH"];
