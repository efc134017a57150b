import { expect, test } from "vitest";
import { agentPresent } from "../../../../policy/checks/agent-present.ts";
import { admit, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof agentPresent.holds>[0]]>([
  [true, "an agent that is connected", admit],
  [
    false,
    "one that is not, though its recorder was ready",
    { ...admit, agent: { active: true, present: false, recorderReady: true } },
  ],
])("is %s for %s", (holds, _what, facts) => {
  expect(agentPresent.holds(facts, now)).toBe(holds);
});
