import { describe, expect, test } from "vitest";
import { type ApproverList, follows, readApproverList } from "../../../agent/approver-list.ts";
import { beginApproval } from "../../../authority/approve.ts";
import { currentApprovers, readApprovers, trustedPasskeys } from "../../../authority/approvers.ts";
import { proposeTrust } from "../../../authority/trust.ts";
import { beginTrustSignature, finishTrustSignature } from "../../../authority/trust-signature.ts";
import { statementHash } from "../../../crypto/statement.ts";
import type { Rules } from "../../../protocol/approvers.ts";
import { limits } from "../../../protocol/limits.ts";
import {
  dropProposedApproverList,
  insertApproverList,
  listApproverLists,
  type StoredApproverList,
} from "../../../store/approver-list.ts";
import { Passkey } from "../../passkey.ts";
import { signTrust, system, trustSecond } from "./begun.ts";
import { AgentEnd, approved, asked, assertionJson, trustOf } from "./parts.ts";
import { hour, outcome, World } from "./world.ts";

describe("the list of approvers of a site", () => {
  test("begins with its first approver, and a second one waits for the first one's signature", async () => {
    const world = await World.open();
    const { context } = world;
    const scope = (await world.caller("officer")).scope;
    expect(await trustOf(world.store.db, scope, world.ids.siteA)).toMatchObject({ current: null, proposed: null });
    await world.enrol("approver");
    expect(await trustOf(world.store.db, scope, world.ids.siteA)).toMatchObject({
      current: { version: 1 },
      proposed: null,
    });
    await world.enrol("secondApprover");
    expect(await trustOf(world.store.db, scope, world.ids.siteA)).toMatchObject({
      current: { version: 1 },
      proposed: { version: 2, signedBy: [] },
    });
    // Not trusted yet, so neither their approval nor their signature counts.
    const request = await asked(world, await world.caller("technician"));
    const second = await world.caller("secondApprover");
    expect(await outcome(beginApproval(context, second, request.id, request.windows))).toBe("trust-refused");
    expect(await outcome(beginTrustSignature(context, second))).toBe("denied not-approver-of-site");

    const first = await world.caller("approver");
    const passkey = world.passkeys.get("approver") as Passkey;
    const { ceremony, options, statement } = await beginTrustSignature(context, first);
    const { challenge } = options as { challenge: string };
    expect(challenge).toBe(statementHash("genkan/approvers/v1", Buffer.from(statement, "base64url")));
    const response = assertionJson(passkey, challenge);
    expect(
      await outcome(finishTrustSignature(context, world.leases, await world.caller("approver"), ceremony, response)),
    ).toBe("ceremony-invalid");
    expect(await finishTrustSignature(context, world.leases, first, ceremony, response)).toMatchObject({
      current: { version: 2 },
      proposed: null,
    });
    expect(await outcome(finishTrustSignature(context, world.leases, first, ceremony, response))).toBe(
      "ceremony-invalid",
    );
    const lists = await listApproverLists(world.store.db, system);
    expect(lists.map(({ version, state }) => [version, state])).toEqual([
      [1, "replaced"],
      [2, "current"],
    ]);
    expect(lists[1]?.signatures.map(({ credential }) => credential)).toEqual([passkey.credential]);
    expect(JSON.parse(Buffer.from(lists[1]?.statement ?? "", "base64url").toString())).toMatchObject({
      previous: lists[0]?.hash,
    });
    expect(await outcome(approved(world, "secondApprover", request.id, request.windows))).toBe("done");
  });

  test("is not signed by a passkey that it does not name, nor after the proposal changed", async () => {
    const world = await World.open();
    const { context } = world;
    const passkey = await world.enrol("approver");
    const second = await world.enrol("secondApprover");
    const first = await world.caller("approver");
    const begin = await beginTrustSignature(context, first);
    const { challenge } = begin.options as { challenge: string };
    expect(
      await outcome(
        finishTrustSignature(context, world.leases, first, begin.ceremony, assertionJson(second, challenge)),
      ),
    ).toBe("ceremony-invalid");
    const again = await beginTrustSignature(context, first);
    // Another approver's passkey comes: what was signed is not what is proposed now.
    await world.store.db
      .updateTable("authenticator")
      .set({ expires_at: world.at(hour) })
      .where("credential", "=", second.credential)
      .execute();
    await world.store.change((change) => proposeTrust(change, world.ids.siteA, new Date(world.clock)));
    expect(
      await outcome(
        finishTrustSignature(context, world.leases, first, again.ceremony, assertionJson(passkey, challenge)),
      ),
    ).toBe("state-conflict");
    expect(await trustOf(world.store.db, first.scope, world.ids.siteA)).toMatchObject({ current: { version: 1 } });
  });

  test("knows a passkey until it expires, and on its own host only", async () => {
    const world = await World.open();
    const { rp, credential } = await world.enrol("approver");
    const first = await world.caller("approver");
    const list = await currentApprovers(world.store.db, system, world.ids.siteA);
    const at = (ms: number, host = rp) => trustedPasskeys(list, first, host, new Date(world.clock + ms));
    expect(at(limits.authenticatorMs - 1)).toEqual([credential]);
    expect(await outcome(async () => at(limits.authenticatorMs))).toBe("trust-refused");
    expect(await outcome(async () => at(0, "portal.genkan.example"))).toBe("trust-refused");
  });

  test("is followed without passkeys that have expired, by the signature of one that has not", async () => {
    const world = await World.open();
    const { context } = world;
    await world.enrol("approver");
    world.clock += hour;
    const passkey = await trustSecond(world);
    world.clock += limits.authenticatorMs - hour;
    const anew = await world.enrol("approver");
    const first = await world.caller("approver");
    expect(await outcome(beginTrustSignature(context, first))).toBe("denied not-approver-of-site");
    const second = await world.caller("secondApprover");
    const { ceremony, options } = await beginTrustSignature(context, second);
    const { challenge } = options as { challenge: string };
    await finishTrustSignature(context, world.leases, second, ceremony, assertionJson(passkey, challenge));
    const last = (await listApproverLists(world.store.db, system)).at(-1) as StoredApproverList;
    expect([last.version, last.state]).toEqual([3, "current"]);
    expect(readApprovers(last).keys.map(({ credential }) => credential)).toEqual([passkey.credential, anew.credential]);
  });

  test("begins anew when nobody is left who could sign, and agents wait for a person on their host", async () => {
    const world = await World.open();
    await world.enrol("approver");
    world.clock += limits.authenticatorMs;
    const { credential } = await world.enrol("approver");
    const [old, next] = (await listApproverLists(world.store.db, system)) as [StoredApproverList, StoredApproverList];
    expect([old.state, next.state, next.signatures]).toEqual(["replaced", "current", []]);
    expect(readApprovers(next)).toMatchObject({ version: 2, previous: old.hash, keys: [{ credential }] });
    const caller = await world.caller("approver");
    const { rp } = world.passkeys.get("approver") as Passkey;
    expect(trustedPasskeys(readApprovers(next), caller, rp, new Date(world.clock))).toEqual([credential]);

    const agent = await AgentEnd.connect(world, "agentA");
    await agent.hello(world);
    await expect.poll(() => agent.offers).toEqual([old.statement, next.statement]);
    const [pinned, offered] = agent.offers.map((text) =>
      readApproverList(Buffer.from(text, "base64url"), old.site),
    ) as [ApproverList, ApproverList];
    expect(follows(offered, pinned, next.signatures, new Date(world.clock))).toBe(false);
  });

  test("names officers once a rule requires one, and new requirements wait for those whom the old ones require", async () => {
    const world = await World.open();
    await world.enrol("approver");
    await world.enrol("officer");
    const both: Rules = {
      normal: [
        { roles: ["approver"], persons: 1 },
        { roles: ["officer"], persons: 1 },
      ],
      emergency: [{ roles: ["approver", "officer"], persons: 1 }],
    };
    const propose = (rules?: Rules) =>
      world.store.change((change) => proposeTrust(change, world.ids.siteA, new Date(world.clock), rules));
    const view = async () => trustOf(world.store.db, (await world.caller("officer")).scope, world.ids.siteA);
    // The officer's key is good for nothing yet, so it is in no list.
    expect((await view()).proposed).toBeNull();
    expect(await outcome(propose({ ...both, normal: [{ roles: ["administrator"], persons: 1 }] }))).toBe(
      "trust-refused",
    );
    expect(await outcome(propose({ ...both, normal: [{ roles: ["approver", "officer"], persons: 3 }] }))).toBe(
      "trust-refused",
    );
    await propose(both);
    const people = world.people;
    expect((await view()).proposed).toMatchObject({
      rules: both,
      approvers: [
        { person: { id: people.approver.id }, roles: ["approver"] },
        { person: { id: people.officer.id }, roles: ["officer"] },
      ],
    });
    const officer = await world.caller("officer");
    expect(await outcome(beginTrustSignature(world.context, officer))).toBe("denied not-approver-of-site");
    await signTrust(world, "approver");
    expect((await view()).current).toMatchObject({ version: 2, rules: both });
    // A passkey that comes later keeps the requirements, and waits for both persons.
    await world.enrol("secondApprover");
    expect((await view()).proposed).toMatchObject({ version: 3, rules: both, signedBy: [] });
    await signTrust(world, "approver");
    expect(await view()).toMatchObject({ current: { version: 2 }, proposed: { version: 3 } });
    expect(await outcome(signTrust(world, "secondApprover"))).toBe("denied not-approver-of-site");
    await signTrust(world, "officer");
    expect(await view()).toMatchObject({ current: { version: 3, rules: both }, proposed: null });
    const lists = await listApproverLists(world.store.db, system);
    const [, second, third] = lists.map((list) =>
      readApproverList(Buffer.from(list.statement, "base64url"), list.site),
    );
    const signatures = lists[2]?.signatures ?? [];
    expect(follows(third as ApproverList, second as ApproverList, signatures, new Date(world.clock))).toBe(true);
    expect(follows(third as ApproverList, second as ApproverList, signatures.slice(1), new Date(world.clock))).toBe(
      false,
    );
  });

  test("stays as it is when nobody's passkey changed", async () => {
    const world = await World.open();
    await world.enrol("approver");
    for (let n = 0; n < 2; n++)
      await world.store.change((change) => proposeTrust(change, world.ids.siteA, new Date(world.clock)));
    expect(await listApproverLists(world.store.db, system)).toHaveLength(1);
  });

  test.each([
    ["a name that no agent reads", "name", "あ".repeat(limits.nameCharacters + 1)],
    ["a credential id that no agent reads", "credential", "A".repeat(1_364)],
  ] as const)("is not brought up to %s", async (_, member, text) => {
    const world = await World.open();
    await world.enrol("approver");
    const { id } = world.people.secondApprover;
    const { db } = world.store;
    if (member === "name") await db.updateTable("person").set({ name: text }).where("id", "=", id).execute();
    const credential = member === "credential" ? text : undefined;
    expect(await outcome(world.enrol("secondApprover", { credential }))).toBe("trust-refused");
    const lists = await listApproverLists(db, system);
    expect(lists.map(({ version, state }) => [version, state])).toEqual([[1, "current"]]);
    for (const { statement, site } of lists)
      expect(readApproverList(Buffer.from(statement, "base64url"), site).statement.keys).toHaveLength(1);
  });

  test("is not signed when no agent could read it, whenever it was proposed", async () => {
    const world = await World.open();
    await world.enrol("approver");
    await world.enrol("secondApprover");
    const { db } = world.store;
    const [, proposed] = (await listApproverLists(db, system)) as [StoredApproverList, StoredApproverList];
    const approvers = readApprovers(proposed);
    const keys = approvers.keys.map((key) => ({ ...key, person: { ...key.person, name: "" } }));
    const bytes = Buffer.from(JSON.stringify({ ...approvers, keys }));
    const hash = statementHash("genkan/approvers/v1", bytes);
    await dropProposedApproverList(db, system, proposed.site);
    const unreadable = { ...proposed, hash, statement: bytes.toString("base64url") };
    await insertApproverList(db, unreadable, new Date(world.clock));
    expect(await outcome(beginTrustSignature(world.context, await world.caller("approver")))).toBe("trust-refused");
  });
});
