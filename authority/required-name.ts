import { Check } from "typebox/value";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { Name } from "../protocol/schema.ts";

/** Throws `bad-request` for a name that no statement could hold. */
export function requireName(what: string, name: string): void {
  const fits: boolean = Check(Name, name);
  if (!fits)
    throw new GenkanError(
      "bad-request",
      `The ${what} has 1 to ${limits.nameCharacters} characters that are seen: ${JSON.stringify(name)}`,
    );
}
