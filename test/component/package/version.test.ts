import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { packagedPrograms } from "../../../package/program.ts";
import { version } from "../../../protocol/version.ts";

test.each(packagedPrograms.map(({ name }) => name))("%s says which one it is, and from what it was made", (name) => {
  const { status, stdout } = spawnSync(process.execPath, [`bin/${name}.ts`, "--version"], { encoding: "utf8" });
  expect([status, stdout]).toEqual([0, `${name} ${version} (not packaged, node ${process.versions.node})\n`]);
});
