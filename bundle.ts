import { join } from "node:path";
import { build, type Rolldown } from "vite";

/** Programs that go to other machines as one file each. The authority stays a folder: it brings its pages along. */
export const bundledPrograms = ["genkan-gateway", "genkan-agent", "genkan"] as const;
export type BundledProgram = (typeof bundledPrograms)[number];

const root = import.meta.dirname;

/**
 * Bundles a program into one file and tells what is in it: our folders, and each npm package. With `write` the file goes
 * to `dist/bundle/<program>.js`.
 */
export async function bundle(program: BundledProgram, write: boolean): Promise<{ contents: string[]; bytes: number }> {
  const result = await build({
    configFile: false,
    root,
    logLevel: "error",
    ssr: { noExternal: true, target: "node" },
    build: {
      ssr: join(root, `bin/${program}.ts`),
      target: "node24",
      outDir: join(root, "dist/bundle"),
      emptyOutDir: false,
      minify: false,
      write,
      rollupOptions: { output: { codeSplitting: false, entryFileNames: `${program}.js` } },
    },
  });
  const [output] = [result].flat();
  if (output === undefined || !("output" in output)) throw new Error("The bundler was asked to watch.");
  const chunks = output.output.filter((part): part is Rolldown.OutputChunk => part.type === "chunk");
  const contents = new Set(
    chunks
      .flatMap((chunk) => Object.keys(chunk.modules))
      .filter(isFile)
      .map(ownerOf),
  );
  return { contents: [...contents].sort(), bytes: chunks.reduce((sum, chunk) => sum + chunk.code.length, 0) };
}

/** What the bundler adds of its own (helpers, stubs of missing built-ins) is in no file. */
const isFile = (module: string) => !module.startsWith("\0");

/** `node_modules/<package>` or one of our folders. */
function ownerOf(module: string): string {
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module.replaceAll("\\", "/"));
  if (inPackage?.[1] !== undefined) return inPackage[1];
  return `${module.slice(root.length + 1).split("/")[0] ?? module}/`;
}

if (import.meta.main)
  for (const program of bundledPrograms) {
    const { contents, bytes } = await bundle(program, true);
    console.log(`dist/bundle/${program}.js  ${Math.round(bytes / 1024)} KiB  ${contents.join(" ")}`);
  }
