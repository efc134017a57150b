import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { version } from "../protocol/version.ts";
import { billOfMaterials } from "./bill.ts";
import { debOf, writeDeb } from "./deb.ts";
import { buildParts, insideOf, writeProgram } from "./parts.ts";
import { windows } from "./platform.ts";
import { type Packaged, packagedPrograms } from "./program.ts";
import { sumsOf } from "./sums.ts";
import { fetchWindowsNode } from "./windows-node.ts";

export interface Wanted {
  readonly root: string;
  /** Folder, made anew. */
  readonly output: string;
  /** The programs that get a file and a Debian package. */
  readonly programs: readonly Packaged[];
  /** Also the command line for Windows, whose Node is fetched. */
  readonly forWindows: boolean;
  /** Number of the Debian packages. */
  readonly debVersion: string;
  /** Hears the name of each file that is made. */
  readonly tell: (name: string) => void;
}

/** Makes what is installed. The same commit and the same lock give the same bytes. */
export async function makePackages({ root, output, programs, forWindows, debVersion, tell }: Wanted): Promise<void> {
  const work = join(output, ".work");
  rmSync(output, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const names: string[] = [];
  const made = (file: string): string => {
    names.push(basename(file));
    tell(basename(file));
    return file;
  };

  const parts = await buildParts(root, work);
  const { platform, node } = parts;
  const files = new Map<Packaged, string>();
  for (const program of programs)
    files.set(program, made(await writeProgram(parts, program, { platform, node }, output)));
  const offered = [...files].filter(([program]) => program.settings === null);
  const downloads = offered.map(([, file]) => file);
  if (forWindows) {
    const from = { platform: windows, node: fetchWindowsNode(root) };
    for (const [program] of offered) downloads.push(made(await writeProgram(parts, program, from, output)));
  }
  for (const [program, file] of files)
    made(writeDeb(debOf(parts, { program, file, downloads, version: debVersion }), output));

  const inside = packagedPrograms.flatMap((program) => insideOf(parts, program)).filter((name) => !name.endsWith("/"));
  const bill = join(output, `genkan-${version}.cdx.json`);
  writeFileSync(
    bill,
    billOfMaterials(root, [platform.nodePackage, ...inside], forWindows ? [windows.nodePackage] : []),
  );
  made(bill);
  writeFileSync(join(output, "SHA256SUMS"), sumsOf(output, names));
  tell("SHA256SUMS");
  rmSync(work, { recursive: true });
}
