import { describe, expect, test } from "vitest";
import { follows, readApproverList } from "../../../agent/approver-list.ts";
import { proposeTrust } from "../../../authority/trust.ts";
import { beginTrustSignature, finishTrustSignature } from "../../../authority/trust-signature.ts";
import { randomToken } from "../../../crypto/random.ts";
import { listApproverLists } from "../../../store/approver-list.ts";
import { insertAuthenticator } from "../../../store/authenticator.ts";
import { Passkey, type PasskeyAlgorithm } from "../../passkey.ts";
import { system } from "./begun.ts";
import { AgentEnd, assertionJson } from "./parts.ts";
import { hour, World } from "./world.ts";

/** A site with one approver in force, and so many passkeys altogether that wait to be proposed. */
async function siteOf(keys: number, algorithm: PasskeyAlgorithm) {
  const world = await World.open();
  const first = await world.enrol("approver");
  const { rp, origin, publicKeyCose } = new Passkey(first.rp, first.origin, algorithm);
  const at = new Date(world.clock);
  const propose = () =>
    world.store.change(async (change) => {
      for (let n = 1; n < keys; n++)
        await insertAuthenticator(change.db, {
          person: world.people.secondApprover.id,
          kind: "passkey",
          rp,
          origin,
          credential: randomToken(16),
          public_key: publicKeyCose,
          transports: "[]",
          label: "passkey",
          password_hash: null,
          totp_sealed: null,
          totp_step: null,
          created_at: world.at(n),
          expires_at: world.at(hour),
        });
      await proposeTrust(change, world.ids.siteA, at);
    });
  return { world, first, propose };
}

describe("a list of approvers", () => {
  test.each([
    [36, "ES256"],
    [256, "ES256"],
    [200, "RS256"],
  ] as const)("of %i keys (%s) is signed, sent, read, and followed", async (keys, algorithm) => {
    const { world, first, propose } = await siteOf(keys, algorithm);
    await propose();
    const agent = await AgentEnd.connect(world, "agentA");
    await agent.hello(world);
    const caller = await world.caller("approver");
    const { ceremony, options } = await beginTrustSignature(world.context, caller);
    const { challenge } = options as { challenge: string };
    await finishTrustSignature(world.context, world.leases, caller, ceremony, assertionJson(first, challenge));
    // The first is offered with each that follows, until the agent says that it has it.
    const offered = () => [...new Set(agent.offers)];
    await expect.poll(offered).toHaveLength(2);
    const [pinned, next] = offered().map((text) => readApproverList(Buffer.from(text, "base64url"), world.ids.siteA));
    expect(next?.keys.size).toBe(keys);
    const [, { signatures } = { signatures: [] }] = await listApproverLists(world.store.db, system);
    expect(next && pinned && follows(next, pinned, signatures, new Date(world.clock))).toBe(true);
  });

  test.each([
    [257, "ES256"],
    [256, "RS256"],
  ] as const)("of %i keys (%s), more than agents take, is not proposed", async (keys, algorithm) => {
    const { world, propose } = await siteOf(keys, algorithm);
    await expect(propose()).rejects.toMatchObject({
      code: "trust-refused",
      detail: "The list of approvers is longer than agents read.",
    });
    expect(await listApproverLists(world.store.db, system)).toMatchObject([{ version: 1, state: "current" }]);
  });
});
