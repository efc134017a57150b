import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Entry, filesBelow } from "./entry.ts";
import { notices } from "./notice.ts";
import { insideOf, type Parts } from "./parts.ts";
import type { Packaged } from "./program.ts";

export interface Ingredients {
  readonly program: Packaged;
  /** The program with Node inside. */
  readonly file: string;
  /** Command lines that the portal offers. */
  readonly downloads: readonly string[];
}

/** Pages of the handbook that an administrator wants at hand without a network. */
const handbook = ["packages.md", "operations.md", "errors.md"];

/**
 * What a program's Debian package installs: the program, what it takes with it, licences, a few pages of the handbook, and
 * all that lies in `package/debian/<name>/root`.
 */
export function entriesOf(parts: Parts, { program, file, downloads }: Ingredients): Entry[] {
  const { name, settings, servesPages } = program;
  const { root } = parts;
  const documents = `/usr/share/doc/${name}`;
  const inside = insideOf(parts, program);
  return [
    ...(settings === null
      ? [{ path: `/usr/bin/${name}`, mode: 0o755, content: { file } }]
      : [
          { path: `/usr/lib/${name}/${name}`, mode: 0o755, content: { file } },
          { path: `/usr/sbin/${name}`, mode: 0o755, content: { bytes: verbScript(root, name, settings) } },
        ]),
    ...(servesPages ? Object.entries(parts.assets) : []).map(([at, from]) => plain(`/usr/lib/${name}/${at}`, from)),
    ...(servesPages ? downloads : []).map((file) => ({
      path: `/usr/lib/${name}/downloads/${basename(file)}`,
      mode: 0o755,
      content: { file },
    })),
    ...ownFiles(join(root, "package/debian", name, "root")),
    text(`${documents}/copyright`, copyright(root)),
    text(`${documents}/NOTICES.gz`, packed(notices(root, inside, parts.node))),
    ...handbook.flatMap((page) => [
      plain(`${documents}/${page}`, join(root, "docs", page)),
      plain(`${documents}/ja/${page}`, join(root, "docs/ja", page)),
    ]),
  ];
}

const plain = (path: string, file: string): Entry => ({ path, mode: 0o644, content: { file } });
const text = (path: string, bytes: string | Buffer): Entry => ({ path, mode: 0o644, content: { bytes } });

/** As it lies there; manuals are packed, as Debian's are. */
const ownFiles = (folder: string): Entry[] =>
  (existsSync(folder) ? filesBelow(folder) : []).map((name) =>
    name.startsWith("usr/share/man/")
      ? text(`/${name}.gz`, packed(readFileSync(join(folder, name))))
      : plain(`/${name}`, join(folder, name)),
  );

/** The same for all services: what a person calls runs as the service does. */
const verbScript = (root: string, name: string, settings: string): string =>
  readFileSync(join(root, "package/debian/verb.sh"), "utf8")
    .replaceAll("@NAME@", name)
    .replaceAll("@SETTINGS@", settings);

const copyright = (root: string) =>
  `Genkan's own licence follows. NOTICES.gz beside this file holds the licences of what is inside, Node.js among them.

${readFileSync(join(root, "LICENSE"), "utf8")}`;

/** Without a time in it, so that the same text gives the same bytes. */
const packed = (content: string | Buffer) => gzipSync(content, { level: 9 });
