const hidden = new WeakMap<Secret, string>();

/**
 * A secret that can't be printed, serialised or compared by accident: its value lives outside the object. The one way to
 * it is {@link revealSecret}, which a search finds.
 */
export class Secret {
  constructor(value: string) {
    hidden.set(this, value);
    Object.freeze(this);
  }
  toString(): string {
    return "[secret]";
  }
  toJSON(): string {
    return "[secret]";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}

/** The value of a secret, for the one call that needs it. */
export function revealSecret(secret: Secret): string {
  const value = hidden.get(secret);
  if (value === undefined) throw new TypeError("not a secret");
  return value;
}
