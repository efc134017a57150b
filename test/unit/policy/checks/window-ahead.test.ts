import { expect, test } from "vitest";
import { windowAhead } from "../../../../policy/checks/window-ahead.ts";
import { ask, hour, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof windowAhead.holds>[0]]>([
  [true, "a window that is ahead", ask],
  [true, "one that ends in a moment", { windows: [{ start: now - hour, end: now + 1 }] }],
  [false, "one that ends this very instant", { windows: [{ start: now - hour, end: now }] }],
  [false, "one that is over before one that is ahead", { windows: [{ start: now - hour, end: now }, ...ask.windows] }],
])("is %s for %s", (holds, _what, facts) => {
  expect(windowAhead.holds(facts, now)).toBe(holds);
});

test("stands until the first of them ends", () => {
  const windows = [{ start: now, end: now + 1 }, ...ask.windows];
  expect(windowAhead.edge?.({ windows }, now)).toBe(now + 1);
});
