import { expect, test } from "vitest";
import { windowOpen } from "../../../../policy/checks/window-open.ts";
import { admit, hour, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof windowOpen.holds>[0]]>([
  [true, "a window around now", admit],
  [
    true,
    "one that begins this very instant",
    { ...admit, grant: { ...admit.grant, windows: [{ start: now, end: now + hour }] } },
  ],
  [
    false,
    "one that ends this very instant",
    { ...admit, grant: { ...admit.grant, windows: [{ start: now - hour, end: now }] } },
  ],
  [
    false,
    "one that begins in a moment",
    { ...admit, grant: { ...admit.grant, windows: [{ start: now + 1, end: now + hour }] } },
  ],
  [
    true,
    "the second of two",
    {
      ...admit,
      grant: {
        ...admit.grant,
        windows: [
          { start: now - 3 * hour, end: now - 2 * hour },
          { start: now, end: now + 1 },
        ],
      },
    },
  ],
  [
    false,
    "the time between two",
    {
      ...admit,
      grant: {
        ...admit.grant,
        windows: [
          { start: now - hour, end: now },
          { start: now + 1, end: now + hour },
        ],
      },
    },
  ],
  [false, "none", { ...admit, grant: { ...admit.grant, windows: [] } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(windowOpen.holds(facts, now)).toBe(holds);
});

test("stands until the window that is open ends", () => {
  const windows = [
    { start: now - 3 * hour, end: now - 2 * hour },
    { start: now - hour, end: now + 5 },
  ];
  expect(windowOpen.edge?.({ ...admit, grant: { ...admit.grant, windows } }, now)).toBe(now + 5);
});
