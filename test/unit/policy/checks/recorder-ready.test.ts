import { expect, test } from "vitest";
import { recorderReady } from "../../../../policy/checks/recorder-ready.ts";
import { admit, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof recorderReady.holds>[0]]>([
  [true, "a recorder that can write", admit],
  [
    false,
    "one that can't, beside an agent that is there",
    { ...admit, agent: { active: true, present: true, recorderReady: false } },
  ],
])("is %s for %s", (holds, _what, facts) => {
  expect(recorderReady.holds(facts, now)).toBe(holds);
});
