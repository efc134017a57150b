import { message, StartError } from "./message.ts";

/** Node 24 runs TypeScript as it is; on older ones the store's native module dies without a word. */
export const oldestNode = 24;

/** Throws a {@link StartError} for a Node that is too old; `version` is like `v24.1.0`. */
export function checkNodeVersion(version: string): void {
  const major = Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);
  if (major >= oldestNode) return;
  throw new StartError(
    message(
      `Node.js ${oldestNode} 以上が必要です（今は ${version}）。npm start で起動すれば、同梱の Node.js が使われます。`,
      `Genkan needs Node.js ${oldestNode} or later (this is ${version}). Start it with "npm start": it brings its own.`,
    ),
  );
}
