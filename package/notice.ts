import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const licenceFile = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * Licences of what a package contains beside our own code: Node, and each npm package in the program's bundle. Most of
 * them ask that their text goes along.
 */
export function notices(root: string, contents: readonly string[], node: string): string {
  const packages = contents.filter((name) => !name.endsWith("/")).map((name) => join(root, "node_modules", name));
  return [node, ...packages].map(noticeOf).join(`\n${"-".repeat(78)}\n\n`);
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
  };
  const texts = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => licenceFile.test(file))
        .sort()
    : [];
  const text = texts.map((file) => readFileSync(join(folder, file), "utf8").trimEnd()).join("\n\n");
  return `${name} ${version}, ${license ?? "see below"}\n\n${text}\n`;
}
