import { join } from "node:path";
import { build, type Plugin, type Rolldown } from "vite";
import { commitOf } from "./commit.ts";

/** Programs that go to other machines as one file each. */
export const bundledPrograms = ["genkan-authority", "genkan-gateway", "genkan-agent", "genkan"] as const;
export type BundledProgram = (typeof bundledPrograms)[number];

const root = join(import.meta.dirname, "..");

/** What is in a bundle: our folders (`protocol/`), and npm packages (`typebox`); and its size. */
export interface Bundled {
  readonly contents: string[];
  readonly bytes: number;
}

/**
 * Bundles a program into one script, and tells what is in it. `commit` is what its `--version` names. With `folder` the script
 * goes to `<folder>/<program>.cjs`: CommonJS, for a program in one file with Node inside takes no other.
 */
export async function bundle(
  program: BundledProgram,
  { folder, commit }: { folder?: string; commit: string },
): Promise<Bundled> {
  const result = await build({
    configFile: false,
    root,
    logLevel: "error",
    ssr: { noExternal: true, target: "node" },
    define: { genkanCommit: JSON.stringify(commit) },
    plugins: [ownSqlite],
    build: {
      ssr: join(root, `bin/${program}.ts`),
      target: "node24",
      ...(folder === undefined ? { write: false } : { outDir: folder }),
      emptyOutDir: false,
      minify: false,
      rollupOptions: { output: { format: "cjs", codeSplitting: false, entryFileNames: `${program}.cjs` } },
    },
  });
  return bundled(result);
}

/** Builds the pages into `folder`, and tells what is in them. */
export async function bundlePages(folder: string): Promise<Bundled> {
  const config = join(root, "web/vite.config.ts");
  return bundled(await build({ configFile: config, logLevel: "error", build: { outDir: folder } }));
}

/** In one file there is no `node_modules` for better-sqlite3 to look for its library in. */
const ownSqlite: Plugin = {
  name: "genkan-sqlite",
  enforce: "pre",
  resolveId: (source, importer) =>
    source === "./binding" && importer?.includes("/better-sqlite3/lib/")
      ? join(root, "bin/authority/sqlite-binding.ts")
      : undefined,
};

function bundled(result: Awaited<ReturnType<typeof build>>): Bundled {
  const [output] = [result].flat();
  if (output === undefined || !("output" in output)) throw new Error("The bundler was asked to watch.");
  const chunks = output.output.filter((part): part is Rolldown.OutputChunk => part.type === "chunk");
  const modules = chunks.flatMap((chunk) => Object.keys(chunk.modules)).filter(isFile);
  const contents = [...new Set(modules.map(ownerOf))].sort();
  return { contents, bytes: chunks.reduce((sum, chunk) => sum + chunk.code.length, 0) };
}

/** What the bundler adds of its own (helpers, stubs of what is missing) is in no file. */
const isFile = (module: string) => !module.startsWith("\0") && !module.startsWith("__vite");

/** `node_modules/<package>` or one of our folders. */
function ownerOf(module: string): string {
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module.replaceAll("\\", "/"));
  if (inPackage?.[1] !== undefined) return inPackage[1];
  return `${module.slice(root.length + 1).split("/")[0] ?? module}/`;
}

if (import.meta.main) {
  const folder = join(root, "dist/bundle");
  for (const program of bundledPrograms) {
    const { contents, bytes } = await bundle(program, { folder, commit: commitOf(root).name });
    console.log(`dist/bundle/${program}.cjs  ${Math.round(bytes / 1024)} KiB  ${contents.join(" ")}`);
  }
}
