import { describe, expect, test } from "vitest";
import { readApproverList } from "../../../agent/approver-list.ts";
import { TicketNonces } from "../../../agent/nonces.ts";
import { verifyAdmission } from "../../../agent/verify.ts";
import { admit } from "../../../authority/admission.ts";
import { beginApproval, finishApproval } from "../../../authority/approve.ts";
import { deny, withdraw } from "../../../authority/ask.ts";
import { host } from "../../../authority/caller.ts";
import { putMember } from "../../../authority/membership.ts";
import { viewRequest } from "../../../authority/request-view.ts";
import { proposeTrust } from "../../../authority/trust.ts";
import type { Requirement, SigningRole } from "../../../protocol/approvers.ts";
import type { Id } from "../../../protocol/make-id.ts";
import type { Window } from "../../../protocol/window.ts";
import { listApproverLists } from "../../../store/approver-list.ts";
import { findGrant, listGrants } from "../../../store/grant.ts";
import type { Passkey } from "../../passkey.ts";
import { signTrust, system } from "./begun.ts";
import { AgentEnd, asked, assertionJson, connectGateway } from "./parts.ts";
import { clientKey } from "./ready.ts";
import { hour, minute, type Name, outcome, World } from "./world.ts";

const one = (...roles: SigningRole[]): Requirement => ({ roles, persons: 1 });

/** A hospital that requires an approver and an officer, and a request that waits. */
async function waiting() {
  const world = await World.open();
  const { context: c } = world;
  for (const name of ["approver", "officer"] as const) await world.enrol(name);
  const normal = [one("approver"), one("officer")];
  await world.store.change((change) =>
    proposeTrust(change, world.ids.siteA, new Date(world.clock), { normal, emergency: normal }),
  );
  await signTrust(world, "approver");
  await world.enrol("secondApprover");
  await signTrust(world, "approver");
  await signTrust(world, "officer");
  const technician = await world.caller("technician");
  const request = await asked(world, technician);
  const view = () => viewRequest(world.store.db, technician.scope, request.id, new Date(world.clock));
  const begin = async (name: Name, windows: Window[] = request.windows) =>
    beginApproval(c, await world.caller(name), request.id, windows);
  const yes = async (name: Name, windows?: Window[]) => {
    const caller = await world.caller(name);
    const { ceremony, options, grantHash } = await beginApproval(c, caller, request.id, windows ?? request.windows);
    const passkey = world.passkeys.get(name) as Passkey;
    const response = assertionJson(passkey, (options as { challenge: string }).challenge);
    return { grantHash, ...(await finishApproval(c, caller, request.id, ceremony, response)) };
  };
  const grants = () => listGrants(world.store.db, system, new Date(world.clock));
  return { world, c, technician, request, view, begin, yes, grants };
}

describe("a grant that needs an approver and an officer", () => {
  test("is proposed by the first yes, and in force with the second, which signs the very same bytes", async () => {
    const { world, c, technician, view, begin, yes, grants } = await waiting();
    expect((await view()).approval).toEqual({
      places: 2,
      filled: 0,
      wanted: ["approver", "officer"],
      approvers: [],
      proposed: null,
    });
    const first = await yes("approver");
    expect(first.grant).toBeNull();
    const approver = { id: world.people.approver.id, name: "approver" };
    expect(first.request).toMatchObject({
      state: "pending",
      grant: null,
      approval: {
        places: 2,
        filled: 1,
        wanted: ["officer"],
        approvers: [approver],
        proposed: { hash: first.grantHash },
      },
    });
    expect((await view()).approval).toEqual(first.request.approval);
    // It is nowhere to be used yet.
    expect(await grants()).toEqual([]);
    const [id] = (await world.audit()).flatMap(({ action, subjects }) =>
      action === "request.approve" ? [(subjects as { grant: Id<"grant"> }).grant] : [],
    );
    await connectGateway(world);
    const agent = await AgentEnd.connect(world, "agentA");
    await agent.hello(world);
    const service = world.devices.own.services[1] ?? ("svc_" as const);
    const open = () => admit(c, technician, { grant: id ?? "gnt_", service, client: "native", clientKey });
    expect(await outcome(open())).toBe("denied grant-inactive quorum-missing");

    // Another approver would fill no place, and nobody signs twice.
    expect(await outcome(begin("secondApprover"))).toBe("denied approval-not-wanted");
    expect(await outcome(begin("approver"))).toBe("state-conflict");
    const second = await yes("officer");
    expect(second.grantHash).toBe(first.grantHash);
    expect(second.grant).toMatchObject({ id, hash: first.grantHash, state: "open" });
    expect(second.request).toMatchObject({ state: "approved", grant: id, approval: null });
    expect(second.grant?.approvers).toHaveLength(2);
    expect(await outcome(open())).toBe("done");

    // The agent counts the same two, by the list that it pins.
    const order = agent.admitted[0];
    const stored = await findGrant(world.store.db, system, id ?? "gnt_");
    const list = (await listApproverLists(world.store.db, system)).find(({ state }) => state === "current");
    const nonces = new TicketNonces({ now: () => 0, random: () => "n".repeat(43) });
    const ground = {
      self: world.agentKeys.agentA.pin,
      site: world.ids.siteA,
      list: readApproverList(Buffer.from(list?.statement ?? "", "base64url"), world.ids.siteA),
      authorityKey: c.keys.programKey.publicKey,
      nonces,
      allowList: { permits: () => true },
      recorder: { ready: true },
      gateways: c.gateways.connected().map(({ address }) => address.pin),
      browserTls: true,
      knows: () => false,
      now: new Date(world.clock),
    };
    if (!order || !stored) throw new Error("nothing was ordered");
    const judge = (approvals: typeof order.approvals) => outcome(verifyAdmission({ ...order, approvals }, ground));
    const [one_, two] = order.approvals as [(typeof order.approvals)[number], (typeof order.approvals)[number]];
    expect(await judge([one_])).toBe("approval-missing");
    expect(await judge([two])).toBe("approval-missing");
    // Both count, so that what is refused is the nonce, which this ground has not given out.
    expect(await judge([one_, two])).toBe("ticket-replayed");
  });

  test("has its window settled by the first yes", async () => {
    const { world, view, begin, yes } = await waiting();
    const shorter = [world.window(0, 10 * minute)];
    await yes("officer", shorter);
    expect((await view()).approval?.proposed?.windows).toEqual(shorter);
    expect(await outcome(begin("approver"))).toBe("state-conflict");
    expect((await yes("approver", shorter)).grant?.windows).toEqual(shorter);
  });

  test("of two first yeses at once has one: the other looks again", async () => {
    const { world, c, request, begin, grants } = await waiting();
    const one_ = await world.caller("approver");
    const two = await world.caller("officer");
    const sign = (begun: Awaited<ReturnType<typeof begin>>, name: Name) =>
      assertionJson(world.passkeys.get(name) as Passkey, (begun.options as { challenge: string }).challenge);
    const first = await beginApproval(c, one_, request.id, request.windows);
    const other = await beginApproval(c, two, request.id, request.windows);
    expect(other.grantHash).not.toBe(first.grantHash);
    const both = await Promise.all([
      outcome(finishApproval(c, one_, request.id, first.ceremony, sign(first, "approver"))),
      outcome(finishApproval(c, two, request.id, other.ceremony, sign(other, "officer"))),
    ]);
    expect(both.toSorted()).toEqual(["done", "state-conflict"]);
    expect(await grants()).toEqual([]);
  });

  test.each(["denied", "withdrawn"] as const)("comes to nothing when it is %s meanwhile", async (how) => {
    const { world, c, technician, request, begin, yes, grants } = await waiting();
    await yes("approver");
    if (how === "denied") await deny(c, await world.caller("officer"), request.id, "not today");
    else await withdraw(c, technician, request.id);
    expect(await outcome(begin("officer"))).toBe("state-conflict");
    expect(await grants()).toEqual([]);
  });

  test("is no nearer by the yes of somebody who lost the role before the second came", async () => {
    const { world, view, yes } = await waiting();
    await yes("approver");
    await putMember(
      world.store,
      { login: world.people.approver.login, place: null, roles: ["auditor"] },
      new Date(world.clock),
      host,
    );
    expect((await view()).approval).toMatchObject({ places: 2, filled: 0, wanted: ["approver", "officer"] });
    expect((await yes("officer")).grant).toBeNull();
    expect((await yes("secondApprover")).grant).toMatchObject({ state: "open" });
  });

  test("is refused by whoever could approve it, and by nobody else", async () => {
    const { world, c, request } = await waiting();
    const no = async (name: Name) => outcome(deny(c, await world.caller(name), request.id, "why"));
    expect(await no("auditor")).toBe("denied not-approver-of-site");
    expect(await no("administrator")).toBe("denied not-approver-of-site");
    expect(await no("officer")).toBe("done");
  });

  test("ends its sessions when the officer who approved it is no officer any more", async () => {
    const { world, c, technician, yes } = await waiting();
    await yes("approver");
    const { grant } = await yes("officer");
    await connectGateway(world);
    const agent = await AgentEnd.connect(world, "agentA");
    await agent.hello(world);
    const service = world.devices.own.services[1] ?? ("svc_" as const);
    const input = { grant: grant?.id ?? "gnt_", service, client: "native", clientKey } as const;
    const { session } = await admit(c, technician, input);
    await putMember(
      world.store,
      { login: world.people.officer.login, place: null, roles: ["administrator"] },
      new Date(world.clock),
      host,
    );
    await world.leases.round();
    await agent.heard();
    expect(agent.cuts).toEqual([{ session, reason: "fact-changed" }]);
    expect(await outcome(admit(c, technician, input))).toBe("denied quorum-missing");
  });
});

test("an officer says neither yes nor no where one yes of an approver is enough", async () => {
  const world = await World.open();
  await world.enrol("approver");
  await world.enrol("officer");
  const request = await asked(world, await world.caller("technician"), world.window(0, hour));
  const officer = await world.caller("officer");
  expect(await outcome(beginApproval(world.context, officer, request.id, request.windows))).toBe(
    "denied not-approver-of-site",
  );
  expect(await outcome(deny(world.context, officer, request.id, "no"))).toBe("denied not-approver-of-site");
});
