import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { packagedPrograms } from "../../../package/program.ts";

/** In tenths: systemd calls up to 2.5 the exposure of a service that is safe enough to leave alone. */
const mostExposed = 25;

const units = packagedPrograms
  .filter(({ settings }) => settings !== null)
  .map(({ name }) => [name, `package/debian/${name}/root/usr/lib/systemd/system/${name}.service`] as const);

const rated = (file: string) =>
  spawnSync("systemd-analyze", ["security", "--offline=true", `--threshold=${mostExposed}`, "--no-pager", file], {
    encoding: "utf8",
  });

test.each(units)("%s may do no more than it needs, as systemd rates it", (_, file) => {
  const { status, stdout, stderr } = rated(file);
  expect([status, stdout, stderr]).toEqual([0, stdout, ""]);
  expect(stdout).toContain("Overall exposure level");
});

test.each(units)(
  "%s runs as a user of its own, with a folder of its own, and not before it is set up",
  (name, file) => {
    const unit = readFileSync(file, "utf8");
    for (const line of [`User=${name}`, `StateDirectory=${name}`, "StateDirectoryMode=0700", "NoNewPrivileges=yes"])
      expect(unit.split("\n"), line).toContain(line);
    expect(unit).toMatch(/^ConditionPathExists=\/(etc|var\/lib)\//m);
  },
);
