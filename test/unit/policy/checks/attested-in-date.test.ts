import { expect, test } from "vitest";
import { attestedInDate } from "../../../../policy/checks/attested-in-date.ts";
import { now } from "../facts.ts";

test.each<[boolean, string, number | null]>([
  [true, "somebody on whom the word counts until the next instant", now + 1],
  [false, "somebody on whom it counted until this very instant", now],
  [true, "somebody on whom nobody has to give it", null],
])("is %s for %s", (holds, _what, attestedUntil) => {
  expect(attestedInDate.holds({ attestedUntil }, now)).toBe(holds);
  expect(attestedInDate.edge?.({ attestedUntil }, now)).toBe(attestedUntil);
});
