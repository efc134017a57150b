import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseGateway } from "../../../authority/gateway-choice.ts";
import { asPin } from "../../brand.ts";

const one = { id: "one", key: asPin("key one") };
const two = { id: "two", key: asPin("key two") };
const both = [one, two];

describe("a session goes over a gateway", () => {
  test.each([
    ["that authority and agent both reach", both, ["key two"], null, "two"],
    ["over which the client has come, when the agent reaches it too", both, ["key one", "key two"], "two", "two"],
    ["that the agent reaches, wherever the client has come over", both, ["key one"], "two", "one"],
    ["over which nobody has come, when the client's is gone", [one], ["key one", "key two"], "two", "one"],
    ["or over none: the agent reaches no gateway of the authority's", [one], ["key two"], "one", null],
    ["or over none: no gateway is connected", [], ["key one"], "one", null],
    ["or over none: the agent named none", both, [], "one", null],
  ] as const)("%s", (_, authority, agent, client, chosen) => {
    expect(chooseGateway({ authority, agent: agent.map(asPin), client })).toBe(chosen);
  });

  test("that is connected and that the agent names, whatever is told; and there is one if there can be", () => {
    const id = fc.constantFrom("a", "b", "c", "d");
    const ids = fc.uniqueArray(id);
    fc.assert(
      fc.property(ids, ids, fc.option(id), (connected, agent, client) => {
        const chosen = chooseGateway({
          authority: connected.map((key) => ({ id: key, key: asPin(key) })),
          agent: agent.map(asPin),
          client,
        });
        const shared = connected.filter((key) => agent.includes(key));
        expect(chosen === null).toBe(shared.length === 0);
        if (chosen !== null) expect(shared).toContain(client !== null && shared.includes(client) ? client : chosen);
        if (client !== null && shared.includes(client)) expect(chosen).toBe(client);
      }),
    );
  });
});
