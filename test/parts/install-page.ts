import { readFileSync } from "node:fs";
import { join } from "node:path";

const docs = join(import.meta.dirname, "../../docs");

/** The commands of `docs/install.md`, block by block, each as it stands there. */
export function installCommands(page = "install.md"): string[][] {
  const text = readFileSync(join(docs, page), "utf8");
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block.trimEnd().split("\n"));
}
