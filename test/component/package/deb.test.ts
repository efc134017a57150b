import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Deb, writeDeb } from "../../../package/deb.ts";

function small(folder: string): Deb {
  const program = join(folder, "program");
  mkdirSync(folder, { recursive: true });
  writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
  const scripts = join(folder, "scripts");
  mkdirSync(scripts);
  writeFileSync(join(scripts, "postinst"), "#!/bin/sh\n", { mode: 0o600 });
  return {
    name: "genkan-small",
    version: "1.2.3",
    architecture: "amd64",
    depends: "libc6",
    summary: "small",
    description: "A package that is small.",
    entries: [
      { path: "/usr/bin/small", mode: 0o755, content: { file: program } },
      { path: "/etc/genkan/small.env", mode: 0o644, content: { bytes: "A=1\n" } },
    ],
    conffiles: ["/etc/genkan/small.env"],
    scripts,
    seconds: 1_700_000_000,
  };
}

test("a Debian package has the same bytes whenever, by whomever and in which folder it is made", () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-deb-"));
  const before = process.umask();
  onTestFinished(() => {
    process.umask(before);
    rmSync(folder, { recursive: true });
  });
  const first = readFileSync(writeDeb(small(join(folder, "one")), folder));
  process.umask(0o077);
  const other = small(join(folder, "two"));
  utimesSync(join(folder, "two/program"), 1_900_000_000, 1_900_000_000);
  const second = writeDeb(other, folder);
  expect(readFileSync(second).equals(first)).toBe(true);

  const list = execFileSync("dpkg-deb", ["--contents", second], {
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC" },
  });
  expect(list.split("\n").filter((line) => !/^(drwxr-xr-x|-rw[-x]r-[-x]r-[-x]) root\/root /.test(line))).toEqual([""]);
  expect(list).toMatch(/^-rwxr-xr-x root\/root +10 2023-11-14 22:13 \.\/usr\/bin\/small$/m);
  expect(execFileSync("dpkg-deb", ["--info", second, "conffiles"], { encoding: "utf8" })).toBe(
    "/etc/genkan/small.env\n",
  );
});
