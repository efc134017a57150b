import type { MessageKey } from "./messages.ts";
import type { Values } from "./text.ts";

/** The command can't be run like this. Nobody but the command line sees it, so it has a message and no protocol code. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly key: MessageKey;
  readonly values: Values;

  constructor(key: MessageKey, values: Values = {}, options: { cause?: unknown } = {}) {
    super(key, options);
    this.key = key;
    this.values = values;
  }
}
