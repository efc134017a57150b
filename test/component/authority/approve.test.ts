import { Check } from "typebox/value";
import { describe, expect, test } from "vitest";
import { beginApproval, finishApproval } from "../../../authority/approve.ts";
import { deny, withdraw } from "../../../authority/ask.ts";
import type { PersonCaller } from "../../../authority/caller.ts";
import { revoke } from "../../../authority/revoke.ts";
import { statementHash } from "../../../crypto/statement.ts";
import { verifyAssertion } from "../../../crypto/webauthn.ts";
import { Grant } from "../../../protocol/grant.ts";
import { limits } from "../../../protocol/limits.ts";
import { insertAuthenticator } from "../../../store/authenticator.ts";
import { findGrant } from "../../../store/grant.ts";
import { Passkey } from "../../passkey.ts";
import { begun, system, trustSecond } from "./begun.ts";
import { approved, asked, assertionJson, nothing } from "./parts.ts";
import { hosts, hour, minute, outcome } from "./world.ts";

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
    const again = await beginApproval(context, approver, request.id, request.windows);
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
        const other = await beginApproval(b.context, b.approver, b.request.id, b.request.windows);
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
        const { id } = b.approver.person;
        await b.world.store.db
          .updateTable("membership")
          .set({ roles: '["auditor"]' })
          .where("person", "=", id)
          .execute();
        return b.finish();
      },
    ],
    [
      "an approver who was disabled meanwhile",
      "denied not-approver-of-site",
      async (b) => {
        const { id } = b.approver.person;
        await b.world.store.db.updateTable("person").set({ active: 0 }).where("id", "=", id).execute();
        return b.finish();
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
        await insertAuthenticator(b.world.store.db, {
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
    const begin = await beginApproval(context, caller, request.id, request.windows);
    const response = assertionJson(second, (begin.options as { challenge: string }).challenge);
    const both = await Promise.all([
      outcome(finish()),
      outcome(finishApproval(context, caller, request.id, begin.ceremony, response)),
    ]);
    expect(both.sort()).toEqual(["done", "state-conflict"]);
    expect(await grants()).toHaveLength(1);
  });

  test("names the keys that the request named, none that joined later", async () => {
    const { world, context, approver, request } = await begun();
    const workstation = world.computers.get("technician")?.id ?? "wks_";
    await world.addKey(workstation, minute);
    const { grant } = await beginApproval(context, approver, request.id, request.windows);
    const read = JSON.parse(Buffer.from(grant, "base64url").toString()) as Grant;
    expect(Check(Grant, read)).toBe(true);
    expect(read.workstation.thumbprints).toEqual(request.workstation.thumbprints);
  });

  test("gives less than was asked, never more", async () => {
    const { world, context, approver, request } = await begun();
    const begin = (start: number, end: number) =>
      outcome(beginApproval(context, approver, request.id, [world.window(start, end)]));
    expect(await begin(0, hour + 1)).toBe("denied wider-than-request");
    expect(await begin(-1, hour)).toBe("denied wider-than-request");
    expect(await begin(hour / 2, hour / 4)).toBe("denied window-impossible");
    const { windows } = await approved(world, "approver", request.id, [world.window(minute, 10 * minute)], approver);
    expect(windows).toEqual([world.window(minute, 10 * minute)]);
  });

  test("is not the requester's, and not another hospital's", async () => {
    const { world, context, technician, request } = await begun();
    await world.enrol("foreignApprover");
    const begin = (caller: PersonCaller) => outcome(beginApproval(context, caller, request.id, request.windows));
    expect(await begin(technician)).toMatch(/^denied self-approval/);
    expect(await begin(await world.caller("foreignApprover"))).toBe("not-found");
    expect(await begin(await world.caller("officer"))).toBe("denied not-approver-of-site");
    expect(await outcome(deny(context, technician, request.id, "no"))).toBe("denied self-approval");
    expect(await outcome(deny(context, await world.caller("foreignApprover"), request.id, "no"))).toBe("not-found");
  });
});

test("a grant is taken back once, by its own hospital", async () => {
  const { world, context, approver, finish } = await begun();
  const { id } = await finish();
  expect(await outcome(revoke(context, await world.caller("foreignOfficer"), id, "x"))).toBe("not-found");
  expect(await revoke(context, approver, id, "broken")).toMatchObject({ state: "revoked", revocation: "broken" });
  expect(await outcome(revoke(context, approver, id, "x"))).toBe("state-conflict");
});
