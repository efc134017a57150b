import { expect, test } from "vitest";
import { windowPossible } from "../../../../policy/checks/window-possible.ts";
import { ask, hour, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof windowPossible.holds>[0]]>([
  [true, "a window", ask],
  [
    true,
    "two that meet",
    {
      windows: [
        { start: now, end: now + hour },
        { start: now + hour, end: now + 2 * hour },
      ],
    },
  ],
  [false, "none", { windows: [] }],
  [false, "one without a length", { windows: [{ start: now, end: now }] }],
  [false, "one that ends before it begins", { windows: [{ start: now + 1, end: now }] }],
  [false, "one that never ends", { windows: [{ start: now, end: Number.POSITIVE_INFINITY }] }],
  [false, "one that is no time", { windows: [{ start: Number.NaN, end: now }] }],
  [
    false,
    "two that overlap",
    {
      windows: [
        { start: now, end: now + hour },
        { start: now + hour - 1, end: now + 2 * hour },
      ],
    },
  ],
  [
    false,
    "two in the wrong order",
    {
      windows: [
        { start: now + 2 * hour, end: now + 3 * hour },
        { start: now, end: now + hour },
      ],
    },
  ],
])("is %s for %s", (holds, _what, facts) => {
  expect(windowPossible.holds(facts, now)).toBe(holds);
});
