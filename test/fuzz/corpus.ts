import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

/** One input of a corpus. */
export interface Entry {
  /** `honest-…` for what an honest peer sends, else what it once broke. */
  readonly name: string;
  readonly input: Buffer;
}

const folderOf = (target: string) => new URL(`corpus/${target}/`, import.meta.url);

/** Inputs of a target in the order of their names. */
export function readCorpus(target: string): Entry[] {
  const folder = folderOf(target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, input: readFileSync(new URL(name, folder)) }));
}

export function keep(target: string, name: string, input: Uint8Array): void {
  mkdirSync(folderOf(target), { recursive: true });
  writeFileSync(new URL(name, folderOf(target)), input);
}
