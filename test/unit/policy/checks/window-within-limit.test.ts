import { expect, test } from "vitest";
import { windowWithinLimit } from "../../../../policy/checks/window-within-limit.ts";
import { limits } from "../../../../protocol/limits.ts";
import { ask, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof windowWithinLimit.holds>[0]]>([
  [true, "a window of some hours", ask],
  [
    true,
    "the longest, as far ahead as can be",
    { windows: [{ start: now + limits.windowAheadMs, end: now + limits.windowAheadMs + limits.windowLongestMs }] },
  ],
  [false, "one that is longer", { windows: [{ start: now, end: now + limits.windowLongestMs + 1 }] }],
  [
    false,
    "one that is farther ahead",
    { windows: [{ start: now + limits.windowAheadMs + 1, end: now + limits.windowAheadMs + 2 }] },
  ],
  [
    false,
    "one that is longer, behind one that is not",
    { windows: [...ask.windows, { start: now, end: now + limits.windowLongestMs + 1 }] },
  ],
])("is %s for %s", (holds, _what, facts) => {
  expect(windowWithinLimit.holds(facts, now)).toBe(holds);
});
