import { expect, test } from "vitest";
import { withinRequest } from "../../../../policy/checks/within-request.ts";
import { approve, hour, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof withinRequest.holds>[0]]>([
  [true, "what was asked", approve],
  [true, "less", { asked: approve.asked, windows: [{ start: now + 1.25 * hour, end: now + 1.5 * hour }] }],
  [
    false,
    "a moment before it",
    { asked: [{ start: now, end: now + hour }], windows: [{ start: now - 1, end: now + hour }] },
  ],
  [
    false,
    "a moment behind it",
    { asked: [{ start: now, end: now + hour }], windows: [{ start: now, end: now + hour + 1 }] },
  ],
  [
    false,
    "one window over two that were asked, and the time between",
    {
      asked: [
        { start: now, end: now + 1 },
        { start: now + 2, end: now + 3 },
      ],
      windows: [{ start: now, end: now + 3 }],
    },
  ],
])("is %s for %s", (holds, _what, facts) => {
  expect(withinRequest.holds(facts, now)).toBe(holds);
});
