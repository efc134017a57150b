import { expect, test } from "vitest";
import { contractInDate } from "../../../../policy/checks/contract-in-date.ts";
import { ask, hour, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof contractInDate.holds>[0]]>([
  [true, "a contract around now and the windows", ask],
  [false, "no contract", { ...ask, contract: null }],
  [true, "one that begins this very instant", { ...ask, contract: { start: now, end: now + 100 * hour } }],
  [false, "one that begins later", { ...ask, contract: { start: now + 1, end: now + 100 * hour } }],
  [false, "one that ends this very instant", { contract: { start: now - hour, end: now } }],
  [true, "one that ends with the last window", { ...ask, contract: { start: now, end: now + 2 * hour } }],
  [false, "one that ends within it", { ...ask, contract: { start: now, end: now + 2 * hour - 1 } }],
  [
    false,
    "one that covers the first window and not the second",
    {
      contract: { start: now, end: now + 2 * hour },
      windows: [...ask.windows, { start: now + 3 * hour, end: now + 4 * hour }],
    },
  ],
])("is %s for %s", (holds, _what, facts) => {
  expect(contractInDate.holds(facts, now)).toBe(holds);
});

test("stands until the contract ends", () => {
  expect(contractInDate.edge?.(ask, now)).toBe(ask.contract?.end);
  expect(contractInDate.edge?.({ contract: null }, now)).toBeNull();
});
