import { Check } from "typebox/value";
import { describe, expect, test } from "vitest";
import { beginApproval, finishApproval } from "../../../authority/approve.ts";
import { ask, deny, withdraw } from "../../../authority/ask.ts";
import type { Caller } from "../../../authority/caller.ts";
import { revoke } from "../../../authority/oversight.ts";
import { beginTrustSignature, finishTrustSignature, proposeTrust, viewTrust } from "../../../authority/trust.ts";
import { statementHash } from "../../../crypto/statement.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { verifyAssertion } from "../../../crypto/webauthn.ts";
import { Grant } from "../../../protocol/grant.ts";
import { limits } from "../../../protocol/limits.ts";
import { insertAuthenticator } from "../../../store/authenticator.ts";
import { findGrant, listGrants } from "../../../store/grant.ts";
import { Scope } from "../../../store/scope.ts";
import { listTrustRoots } from "../../../store/trust-root.ts";
import { Passkey } from "../../passkey.ts";
import { approved, asked, assertionJson, nothing } from "./parts.ts";
import { hosts, hour, minute, outcome, World } from "./world.ts";

const system = Scope.system();

/** A request of the technician, an approver who is trusted, and an approval that waits for the signature. */
async function begun() {
  const world = await World.open();
  const { context } = world;
  const passkey = await world.enrol("approver");
  const technician = await world.caller("technician");
  const approver = await world.caller("approver");
  const request = await asked(world, technician);
  const begin = await beginApproval(context, approver, request.id, request.window);
  const { challenge } = begin.options as { challenge: string };
  const finish = (o: { caller?: Caller; id?: string; ceremony?: string; response?: unknown } = {}) =>
    finishApproval(
      context,
      o.caller ?? approver,
      o.id ?? request.id,
      o.ceremony ?? begin.ceremony,
      o.response ?? assertionJson(passkey, challenge),
    );
  const grants = () => listGrants(world.store.db, system, new Date(world.clock));
  return { world, context, passkey, technician, approver, request, begin, challenge, finish, grants };
}

describe("an approval", () => {
  test("is the signature over the exact grant that is kept", async () => {
    const { world, begin, passkey, finish } = await begun();
    const view = await finish();
    const stored = await findGrant(world.store.db, system, view.id);
    expect(stored?.bytes).toBe(begin.grant);
    const hash = statementHash("genkan/grant/v1", Buffer.from(begin.grant, "base64url"));
    expect([stored?.hash, view.hash, begin.grantHash]).toEqual([hash, hash, hash]);
    const signed = stored?.approvals[0]?.signed;
    expect(signed?.statement).toBe(begin.statement);
    const statement = Buffer.from(begin.statement, "base64url");
    expect(JSON.parse(statement.toString())).toMatchObject({ grants: [hash], approver: world.people.approver.id });
    // As an agent verifies it: from what is stored alone.
    verifyAssertion(
      signed as NonNullable<typeof signed>,
      {
        challenge: statementHash("genkan/approval/v1", statement),
        origin: hosts.staff,
        rp: passkey.rp,
        publicKey: passkey.publicKeyCose,
      },
      "approval-missing",
    );
    expect((await world.audit()).filter(({ action }) => action === "request.approve")).toMatchObject([
      { outcome: "allowed", subjects: { grant: view.id } },
    ]);
  });

  test("begins with nothing new each time: another nonce, another challenge", async () => {
    const { context, approver, request, begin } = await begun();
    const again = await beginApproval(context, approver, request.id, request.window);
    expect(again.statement).not.toBe(begin.statement);
    expect(again.ceremony).not.toBe(begin.ceremony);
  });

  type Begun = Awaited<ReturnType<typeof begun>>;
  test.each<[string, string, (b: Begun) => Promise<unknown>]>([
    [
      "another person's passkey",
      "ceremony-invalid",
      async ({ world, challenge, finish }) =>
        finish({ response: assertionJson(await world.enrol("secondApprover"), challenge) }),
    ],
    [
      "a passkey that nobody has",
      "ceremony-invalid",
      ({ passkey, challenge, finish }) =>
        finish({ response: assertionJson(new Passkey(passkey.rp, passkey.origin), challenge) }),
    ],
    [
      "the approver's credential with another key",
      "ceremony-invalid",
      ({ passkey, challenge, finish }) =>
        finish({
          response: { ...assertionJson(new Passkey(passkey.rp, passkey.origin), challenge), id: passkey.credential },
        }),
    ],
    [
      "another challenge",
      "ceremony-invalid",
      ({ passkey, finish }) => finish({ response: assertionJson(passkey, Buffer.alloc(32).toString("base64url")) }),
    ],
    [
      "the challenge of another approval",
      "ceremony-invalid",
      async (b) => {
        const other = await beginApproval(b.context, b.approver, b.request.id, b.request.window);
        return b.finish({ response: assertionJson(b.passkey, (other.options as { challenge: string }).challenge) });
      },
    ],
    [
      "nobody verified",
      "ceremony-invalid",
      ({ passkey, challenge, finish }) =>
        finish({ response: assertionJson(passkey, challenge, { userVerified: false }) }),
    ],
    [
      "the portal's origin",
      "ceremony-invalid",
      ({ passkey, challenge, finish }) =>
        finish({ response: assertionJson(passkey, challenge, { origin: hosts.portal }) }),
    ],
    [
      "a registration in its place",
      "ceremony-invalid",
      ({ passkey, challenge, finish }) =>
        finish({ response: assertionJson(passkey, challenge, { type: "webauthn.create" }) }),
    ],
    ["a response that is none", "ceremony-invalid", ({ finish }) => finish({ response: {} })],
    [
      "a response of other types",
      "ceremony-invalid",
      ({ finish }) => finish({ response: { id: 7, response: { signature: null } } }),
    ],
    ["a ceremony that nobody began", "ceremony-invalid", ({ finish }) => finish({ ceremony: nothing("ceremony") })],
    [
      "a ceremony of another sign-in of the same person (A1)",
      "ceremony-invalid",
      async ({ world, finish }) => finish({ caller: await world.caller("approver") }),
    ],
    [
      "a ceremony of another person",
      "ceremony-invalid",
      async ({ world, finish }) => {
        await world.enrol("secondApprover");
        return finish({ caller: await world.caller("secondApprover") });
      },
    ],
    [
      "a ceremony for another request",
      "ceremony-invalid",
      async (b) => {
        const other = await asked(b.world, b.technician, b.world.window(2 * hour, 3 * hour));
        return b.finish({ id: other.id });
      },
    ],
    [
      "a ceremony that is too old",
      "ceremony-invalid",
      ({ world, finish }) => {
        world.clock += limits.ceremonyMs;
        return finish();
      },
    ],
    [
      "a request that was withdrawn meanwhile",
      "state-conflict",
      async (b) => {
        await withdraw(b.context, b.technician, b.request.id);
        return b.finish();
      },
    ],
    [
      "a request that was denied meanwhile",
      "state-conflict",
      async (b) => {
        await deny(b.context, b.approver, b.request.id, "no");
        return b.finish();
      },
    ],
    [
      "an approver who holds the role no more",
      "denied not-approver-of-site",
      async (b) => {
        const person = { ...b.approver.person, roles: ["auditor" as const] };
        return b.finish({ caller: { ...b.approver, person } });
      },
    ],
    [
      "a vendor that works here no more",
      "denied vendor-inactive",
      async (b) => {
        await b.world.store.db.updateTable("vendor").set({ active: 0 }).where("id", "=", b.world.ids.vendorA).execute();
        return b.finish();
      },
    ],
    [
      "a passkey that has expired",
      "ceremony-invalid",
      async (b) => {
        await b.world.store.db.updateTable("authenticator").set({ expires_at: b.world.at() }).execute();
        return b.finish();
      },
    ],
    [
      "a passkey of the approver that agents don't know",
      "trust-refused",
      async (b) => {
        const other = new Passkey(b.passkey.rp, b.passkey.origin);
        await insertAuthenticator(b.world.store.db, system, {
          person: b.approver.person.id,
          kind: "passkey",
          rp: other.rp,
          origin: other.origin,
          credential: other.credential,
          public_key: other.publicKeyCose,
          transports: "[]",
          label: "second",
          password_hash: null,
          totp_sealed: null,
          totp_step: null,
          created_at: b.world.at(),
          expires_at: b.world.at(hour),
        });
        return b.finish({ response: assertionJson(other, b.challenge) });
      },
    ],
  ])("with %s is refused: %s", async (_, code, act) => {
    const b = await begun();
    expect(await outcome(act(b))).toBe(code);
    expect(await b.grants()).toEqual([]);
  });

  test("is good once: neither the same answer nor another finishes the same ceremony", async () => {
    const { finish, grants } = await begun();
    await finish();
    expect(await outcome(finish())).toBe("ceremony-invalid");
    expect(await grants()).toHaveLength(1);
  });

  test("that failed has spent its ceremony", async () => {
    const { finish, grants } = await begun();
    expect(await outcome(finish({ response: {} }))).toBe("ceremony-invalid");
    expect(await outcome(finish())).toBe("ceremony-invalid");
    expect(await grants()).toEqual([]);
  });

  test("of two approvers at once is one approval", async () => {
    const { world, context, request, finish, grants } = await begun();
    const second = await trustSecond(world);
    const caller = await world.caller("secondApprover");
    const begin = await beginApproval(context, caller, request.id, request.window);
    const response = assertionJson(second, (begin.options as { challenge: string }).challenge);
    const both = await Promise.all([
      outcome(finish()),
      outcome(finishApproval(context, caller, request.id, begin.ceremony, response)),
    ]);
    expect(both.sort()).toEqual(["done", "state-conflict"]);
    expect(await grants()).toHaveLength(1);
  });

  test("names the newest keys of a workstation, no more than an agent reads", async () => {
    const { world, context, approver, request } = await begun();
    const workstation = world.computers.get("technician")?.id ?? "";
    const made: string[] = [];
    for (let n = 0; n < 12; n++) {
      const { jwk } = await world.addKey(workstation, n * minute);
      made.push(jwkThumbprint(jwk));
    }
    const { grant } = await beginApproval(context, approver, request.id, request.window);
    const read = JSON.parse(Buffer.from(grant, "base64url").toString()) as Grant;
    expect(Check(Grant, read)).toBe(true);
    expect(read.workstation.thumbprints).toEqual(made.slice(-8));
  });

  test("gives less than was asked, never more", async () => {
    const { world, context, approver, request } = await begun();
    const begin = (start: number, end: number) =>
      outcome(beginApproval(context, approver, request.id, world.window(start, end)));
    expect(await begin(0, hour + 1)).toBe("denied wider-than-request");
    expect(await begin(-1, hour)).toBe("denied wider-than-request");
    expect(await begin(hour / 2, hour / 4)).toBe("denied window-impossible");
    const { window } = await approved(world, "approver", request.id, world.window(minute, 10 * minute), approver);
    expect(window).toEqual(world.window(minute, 10 * minute));
  });

  test("is not the requester's, and not another hospital's", async () => {
    const { world, context, technician, request } = await begun();
    await world.enrol("foreignApprover");
    const begin = (caller: Caller) => outcome(beginApproval(context, caller, request.id, request.window));
    expect(await begin(technician)).toMatch(/^denied self-approval/);
    expect(await begin(await world.caller("foreignApprover"))).toBe("not-found");
    expect(await begin(await world.caller("officer"))).toBe("denied not-approver-of-site");
    expect(await outcome(deny(context, technician, request.id, "no"))).toBe("denied self-approval");
    expect(await outcome(deny(context, await world.caller("foreignApprover"), request.id, "no"))).toBe("not-found");
  });
});

describe("a request", () => {
  test("is asked for with instants that a calendar has, in a zone that exists", async () => {
    const world = await World.open();
    const technician = await world.caller("technician");
    const { id: device, services } = world.devices.own;
    const ask_ = (start: string, end: string, zone = "Asia/Tokyo") =>
      outcome(
        ask(world.context, technician, { device, services, window: { start, end }, zone, reason: "r", plan: "p" }),
      );
    expect(await ask_("2026-04-30T01:00:00.000Z", "2026-04-30T02:00:00.000Z")).toBe("done");
    for (const [start, end] of [
      ["2026-04-30T23:00:00.000Z", "2026-04-31T01:00:00.000Z"],
      ["2026-04-31T00:00:00.000Z", "2026-05-01T01:00:00.000Z"],
      ["2026-04-30T23:00:00.000Z", "2026-04-30T24:00:00.000Z"],
      ["2026-13-01T00:00:00.000Z", "2026-13-01T01:00:00.000Z"],
    ] as const)
      expect([end, await ask_(start, end)]).toEqual([end, "window-invalid"]);
    expect(await ask_("2026-04-30T01:00:00.000Z", "2026-04-30T02:00:00.000Z", "Asia/Atlantis")).toBe("window-invalid");
  });

  test("is for a device of the technician's own vendor; others look unknown", async () => {
    const world = await World.open();
    const technician = await world.caller("technician");
    const of = async (device: string) => {
      const words = { zone: "UTC", reason: "r", plan: "p" };
      const body = { device, services: world.devices.rivals.services, window: world.window(0, hour), ...words };
      return outcome(ask(world.context, technician, body));
    };
    expect(await of(world.devices.rivals.id)).toBe("not-found");
    expect(await of(nothing("device"))).toBe("not-found");
    expect(await of(world.devices.own.id)).toBe("denied services-unknown");
  });

  test("is the requester's to take back, once, while it is pending", async () => {
    const world = await World.open();
    const technician = await world.caller("technician");
    const { id } = await asked(world, technician);
    for (const name of ["leader", "colleague", "rival"] as const)
      expect(await outcome(withdraw(world.context, await world.caller(name), id))).toBe("not-found");
    expect((await withdraw(world.context, technician, id)).state).toBe("withdrawn");
    expect(await outcome(withdraw(world.context, technician, id))).toBe("state-conflict");
  });

  test("whose window has passed is neither denied nor withdrawn nor approved", async () => {
    const { world, context, technician, approver, request } = await begun();
    world.clock += hour;
    expect(await outcome(withdraw(context, technician, request.id))).toBe("state-conflict");
    expect(await outcome(deny(context, approver, request.id, "late"))).toBe("state-conflict");
    expect(await outcome(beginApproval(context, approver, request.id, request.window))).toBe("denied window-past");
  });

  test("one too many is refused, and one that is settled makes room", async () => {
    const world = await World.open();
    const technician = await world.caller("technician");
    const { id } = await asked(world, technician);
    for (let n = 1; n < limits.openRequestsPerPerson; n++) await asked(world, technician);
    const together = await Promise.all([outcome(asked(world, technician)), outcome(asked(world, technician))]);
    expect(together).toEqual(["denied requests-too-many", "denied requests-too-many"]);
    await withdraw(world.context, technician, id);
    const race = await Promise.all([outcome(asked(world, technician)), outcome(asked(world, technician))]);
    expect(race.sort()).toEqual(["denied requests-too-many", "done"]);
  });

  test("is approved on the contract that runs, not on one that begins later", async () => {
    const world = await World.open();
    const { db } = world.store;
    await db
      .insertInto("contract")
      .values({
        id: "ctr_next",
        vendor: world.ids.vendorA,
        device: world.devices.own.id,
        starts_at: world.at(5 * hour),
        ends_at: world.at(24 * 365 * hour),
      })
      .execute();
    const technician = await world.caller("technician");
    expect(await outcome(asked(world, technician))).toBe("done");
    await db.updateTable("contract").set({ ends_at: world.at() }).where("id", "!=", "ctr_next").execute();
    expect(await outcome(asked(world, technician))).toBe("denied contract-missing");
  });
});

test("a grant is taken back once, by its own hospital", async () => {
  const { world, context, approver, finish } = await begun();
  const { id } = await finish();
  expect(await outcome(revoke(context, await world.caller("foreignOfficer"), id, "x"))).toBe("not-found");
  expect(await revoke(context, approver, id, "broken")).toMatchObject({ state: "revoked", revocation: "broken" });
  expect(await outcome(revoke(context, approver, id, "x"))).toBe("state-conflict");
});

/** Brings the second approver into the trust root, by the first one's signature. */
async function trustSecond(world: World): Promise<Passkey> {
  const second = await world.enrol("secondApprover");
  const first = await world.caller("approver");
  const { ceremony, options } = await beginTrustSignature(world.context, first);
  const { challenge } = options as { challenge: string };
  const passkey = world.passkeys.get("approver") as Passkey;
  await finishTrustSignature(world.context, first, ceremony, assertionJson(passkey, challenge));
  return second;
}

describe("the trust root of a site", () => {
  test("begins with its first approver, and a second one waits for the first one's signature", async () => {
    const world = await World.open();
    const { context } = world;
    const scope = (await world.caller("officer")).scope;
    expect(await viewTrust(world.store.db, scope)).toEqual({ current: null, proposed: null });
    await world.enrol("approver");
    expect(await viewTrust(world.store.db, scope)).toMatchObject({ current: { version: 1 }, proposed: null });
    await world.enrol("secondApprover");
    expect(await viewTrust(world.store.db, scope)).toMatchObject({
      current: { version: 1 },
      proposed: { version: 2, signedBy: [], threshold: 1 },
    });
    // Not trusted yet, so neither their approval nor their signature counts.
    const request = await asked(world, await world.caller("technician"));
    const second = await world.caller("secondApprover");
    expect(await outcome(beginApproval(context, second, request.id, request.window))).toBe("trust-refused");
    expect(await outcome(beginTrustSignature(context, second))).toBe("denied not-approver-of-site");

    const first = await world.caller("approver");
    const passkey = world.passkeys.get("approver") as Passkey;
    const { ceremony, options, statement } = await beginTrustSignature(context, first);
    const { challenge } = options as { challenge: string };
    expect(challenge).toBe(statementHash("genkan/approvers/v1", Buffer.from(statement, "base64url")));
    const response = assertionJson(passkey, challenge);
    expect(await outcome(finishTrustSignature(context, await world.caller("approver"), ceremony, response))).toBe(
      "ceremony-invalid",
    );
    expect(await finishTrustSignature(context, first, ceremony, response)).toMatchObject({
      current: { version: 2 },
      proposed: null,
    });
    expect(await outcome(finishTrustSignature(context, first, ceremony, response))).toBe("ceremony-invalid");
    const roots = await listTrustRoots(world.store.db, system);
    expect(roots.map(({ version, state }) => [version, state])).toEqual([
      [1, "replaced"],
      [2, "current"],
    ]);
    expect(roots[1]?.signatures.map(({ credential }) => credential)).toEqual([passkey.credential]);
    expect(JSON.parse(Buffer.from(roots[1]?.statement ?? "", "base64url").toString())).toMatchObject({
      previous: roots[0]?.hash,
    });
    expect(await outcome(approved(world, "secondApprover", request.id, request.window))).toBe("done");
  });

  test("is not signed by a passkey that it does not name, nor after the proposal changed", async () => {
    const world = await World.open();
    const { context } = world;
    const passkey = await world.enrol("approver");
    const second = await world.enrol("secondApprover");
    const first = await world.caller("approver");
    const begin = await beginTrustSignature(context, first);
    const { challenge } = begin.options as { challenge: string };
    expect(await outcome(finishTrustSignature(context, first, begin.ceremony, assertionJson(second, challenge)))).toBe(
      "ceremony-invalid",
    );
    const again = await beginTrustSignature(context, first);
    // Another approver's passkey comes: what was signed is not what is proposed now.
    await world.store.db
      .updateTable("authenticator")
      .set({ expires_at: world.at(hour) })
      .where("credential", "=", second.credential)
      .execute();
    await world.store.change((change) => proposeTrust(change, world.ids.siteA, new Date(world.clock)));
    expect(await outcome(finishTrustSignature(context, first, again.ceremony, assertionJson(passkey, challenge)))).toBe(
      "state-conflict",
    );
    expect(await viewTrust(world.store.db, first.scope)).toMatchObject({ current: { version: 1 } });
  });

  test("stays as it is when nobody's passkey changed", async () => {
    const world = await World.open();
    await world.enrol("approver");
    for (let n = 0; n < 2; n++)
      await world.store.change((change) => proposeTrust(change, world.ids.siteA, new Date(world.clock)));
    expect(await listTrustRoots(world.store.db, system)).toHaveLength(1);
  });
});
