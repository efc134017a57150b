import { join } from "node:path";
import { pagesName, sqliteLibrary } from "../bin/packed.ts";
import { version } from "../protocol/version.ts";
import { type BundledProgram, bundle, bundlePages } from "./bundle.ts";
import { type Commit, commitOf } from "./commit.ts";
import { filesBelow } from "./entry.ts";
import { nodeFolder, type Platform, thisPlatform } from "./platform.ts";
import { type Packaged, packagedPrograms } from "./program.ts";
import { writeSingleFile } from "./single-file.ts";

/** What packages are made of, built once. */
export interface Parts {
  readonly root: string;
  readonly commit: Commit;
  /** The platform of this machine, and the folder of the npm package with its Node. */
  readonly platform: Platform;
  readonly node: string;
  /** Folder with each program's script. */
  readonly scripts: string;
  /** What is in each script, and in the pages: our folders and npm packages. */
  readonly contents: ReadonlyMap<BundledProgram | typeof pagesName, readonly string[]>;
  /** What the program that serves the pages needs beside its script: name → file. */
  readonly assets: Readonly<Record<string, string>>;
}

/** Bundles the programs and the pages of the checkout `root` into `work`. */
export async function buildParts(root: string, work: string): Promise<Parts> {
  const commit = commitOf(root);
  const platform = thisPlatform();
  const pages = join(work, pagesName);
  const contents = new Map<BundledProgram | typeof pagesName, string[]>();
  contents.set(pagesName, (await bundlePages(pages)).contents);
  for (const { name } of packagedPrograms)
    contents.set(name, (await bundle(name, { folder: work, commit: commit.name })).contents);
  const assets = {
    [sqliteLibrary]: join(root, "node_modules/better-sqlite3/prebuilds", `${platform.name}.node`),
    ...Object.fromEntries(filesBelow(pages).map((name) => [`${pagesName}/${name}`, join(pages, name)])),
  };
  return { root, commit, platform, node: nodeFolder(root, platform), scripts: work, contents, assets };
}

/** npm packages and folders of ours in a program, with those of the pages that it brings. */
export const insideOf = ({ contents }: Parts, { name, servesPages }: Packaged): string[] => [
  ...new Set([...(contents.get(name) ?? []), ...(servesPages ? (contents.get(pagesName) ?? []) : [])]),
];

/** Writes a program with the Node of `node` inside into `folder`, and returns the file's path. */
export async function writeProgram(
  parts: Parts,
  { name, servesPages }: Packaged,
  { platform, node }: { platform: Platform; node: string },
  folder: string,
): Promise<string> {
  const output = join(folder, `${name}-${version}-${platform.name}${platform.suffix}`);
  await writeSingleFile({
    script: join(parts.scripts, `${name}.cjs`),
    node: join(node, platform.nodeFile),
    assets: servesPages ? parts.assets : {},
    output,
  });
  return output;
}
