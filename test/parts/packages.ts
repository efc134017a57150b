import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePackages } from "../../package/make.ts";
import { packagedPrograms } from "../../package/program.ts";
import { version } from "../../protocol/version.ts";

const root = join(import.meta.dirname, "../..");

/** Makes packages of these programs, or of all, into a folder that goes with this process. */
async function makeInto(
  programs = packagedPrograms.map(({ name }) => name as string),
  debVersion = version,
): Promise<string> {
  const output = mkdtempSync(join(tmpdir(), "genkan-packages-"));
  process.once("exit", () => rmSync(output, { recursive: true, force: true }));
  await makePackages({
    root,
    output,
    programs: packagedPrograms.filter(({ name }) => programs.includes(name)),
    forWindows: false,
    debVersion,
    tell: () => {},
  });
  return output;
}

let made: Promise<string> | undefined;

/** The packages of this checkout, made once for all tests of a process. */
export const packages = (): Promise<string> => (made ??= makeInto());

/** An earlier number, for upgrades. */
export const older = "0.0.1~before";
let madeOlder: Promise<string> | undefined;

/** The gateway of this checkout once more, under the earlier number. */
export const olderGateway = (): Promise<string> => (madeOlder ??= makeInto(["genkan-gateway"], older));

export const debFile = (folder: string, name: string, of = version): string =>
  join(folder, `${name}_${of}_${process.arch === "arm64" ? "arm64" : "amd64"}.deb`);

export const singleFile = (folder: string, name: string): string =>
  join(folder, `${name}-${version}-linux-${process.arch}`);
