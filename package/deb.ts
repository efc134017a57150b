import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { entriesOf, type Ingredients } from "./contents.ts";
import type { Entry } from "./entry.ts";
import { toolEnvironment } from "./environment.ts";
import type { Parts } from "./parts.ts";
import { debianArchitecture } from "./platform.ts";

/** A Debian package, not yet written. */
export interface Deb {
  readonly name: string;
  readonly version: string;
  readonly architecture: "amd64" | "arm64";
  readonly depends: string;
  readonly summary: string;
  readonly description: string;
  readonly entries: readonly Entry[];
  /** Files that an administrator edits: an upgrade asks before it replaces one. */
  readonly conffiles: readonly string[];
  /** Folder with postinst, prerm and postrm, each where there is one. */
  readonly scripts: string;
  /** Time of every file, in seconds since 1970. */
  readonly seconds: number;
}

/** The libraries that Node's own build is bound to; a service's user is made by systemd's tool, in whatever package it comes. */
const runs = "libc6 (>= 2.28), libstdc++6 (>= 8)";
const serves = "util-linux, systemd | systemd-standalone-sysusers | systemd-sysusers";

/** A program's Debian package, not yet written. */
export function debOf(parts: Parts, { version, ...ingredients }: Ingredients & { version: string }): Deb {
  const { name, summary, description, settings } = ingredients.program;
  const entries = entriesOf(parts, ingredients);
  return {
    name,
    version,
    architecture: debianArchitecture(parts.platform),
    depends: settings === null ? runs : `${runs}, ${serves}`,
    summary,
    description,
    entries,
    conffiles: entries.map(({ path }) => path).filter((path) => path.startsWith("/etc/")),
    scripts: join(parts.root, "package/debian", name),
    seconds: parts.commit.seconds,
  };
}

/** Level 3 packs Node's 120 MB in a second; xz would take five minutes for a quarter less. dpkg reads it from Debian 12 on. */
const compression = ["-Zzstd", "-z3"];

/** Writes `NAME_VERSION_ARCHITECTURE.deb` into `folder` and returns its path. The same input gives the same bytes. */
export function writeDeb(deb: Deb, folder: string): string {
  const file = join(folder, `${deb.name}_${deb.version}_${deb.architecture}.deb`);
  const stage = `${file}.tree`;
  rmSync(stage, { recursive: true, force: true });
  for (const entry of deb.entries) place(entry, stage);
  control(deb, join(stage, "DEBIAN"), stage);
  // What is newer than that time is given it, by dpkg-deb: all of this is.
  const env = toolEnvironment({ SOURCE_DATE_EPOCH: String(deb.seconds) });
  const args = ["--build", "--root-owner-group", "--threads-max=1", ...compression, stage, file];
  const made = spawnSync("dpkg-deb", args, { env, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`dpkg-deb made no ${file}: ${made.stderr || String(made.error)}`);
  rmSync(stage, { recursive: true });
  return file;
}

function place({ path, mode, content }: Entry, stage: string): void {
  const to = join(stage, path);
  folderFor(to);
  if ("file" in content) {
    // A program is large, and there are many: it is not copied where it can be named twice.
    if ((statSync(content.file).mode & 0o777) === mode) return linkSync(content.file, to);
    copyFileSync(content.file, to);
  } else writeFileSync(to, content.bytes);
  chmodSync(to, mode);
}

/** Whoever packages may have a narrow umask; installed folders are for everybody to read. */
function folderFor(file: string): void {
  const made = mkdirSync(dirname(file), { recursive: true });
  if (made === undefined) return;
  for (let folder = dirname(file); folder.length >= made.length; folder = dirname(folder)) chmodSync(folder, 0o755);
}

function control(deb: Deb, folder: string, stage: string): void {
  const kibibytes = deb.entries.reduce((sum, { path }) => sum + Math.ceil(statSync(join(stage, path)).size / 1024), 0);
  const fields: [string, string][] = [
    ["Package", deb.name],
    ["Version", deb.version],
    ["Architecture", deb.architecture],
    ["Maintainer", "Genkan <genkan@genkan.invalid>"],
    ["Installed-Size", String(kibibytes)],
    ["Depends", deb.depends],
    ["Section", "net"],
    ["Priority", "optional"],
    ["Description", `${deb.summary}\n ${deb.description}`],
  ];
  const files: [name: string, text: string, mode: number][] = [
    ["control", fields.map(([name, value]) => `${name}: ${value}\n`).join(""), 0o644],
    ["md5sums", deb.entries.map((entry) => sumLine(entry, stage)).join(""), 0o644],
    ...(deb.conffiles.length === 0
      ? []
      : [["conffiles", deb.conffiles.map((path) => `${path}\n`).join(""), 0o644] as [string, string, number]]),
    ...["postinst", "prerm", "postrm"]
      .filter((name) => existsSync(join(deb.scripts, name)))
      .map((name): [string, string, number] => [name, readFileSync(join(deb.scripts, name), "utf8"), 0o755]),
  ];
  for (const [name, bytes, mode] of files) place({ path: name, mode, content: { bytes } }, folder);
}

/** `dpkg --verify` finds with these what has been damaged; they are no defence, and only MD5 is understood. */
function sumLine({ path }: Entry, stage: string): string {
  const sum = createHash("md5")
    .update(readFileSync(join(stage, path)))
    .digest("hex");
  return `${sum}  ${path.slice(1)}\n`;
}
