import { expect, test } from "vitest";
import { agentActive } from "../../../../policy/checks/agent-active.ts";
import { admit, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof agentActive.holds>[0]]>([
  [true, "an agent that nobody disabled", admit],
  [
    false,
    "one that was, though it is connected",
    { ...admit, agent: { active: false, present: true, recorderReady: true } },
  ],
])("is %s for %s", (holds, _what, facts) => {
  expect(agentActive.holds(facts, now)).toBe(holds);
});
