import { generate } from "otplib";
import { describe, expect, test } from "vitest";
import { signIn } from "../../../authority/sign-in.ts";
import { seal } from "../../../crypto/at-rest.ts";
import { hashPassword } from "../../../crypto/password.ts";
import { faces } from "../../../protocol/face.ts";
import type { Factor } from "../../../protocol/factor.ts";
import { limits } from "../../../protocol/limits.ts";
import { insertAuthenticator } from "../../../store/authenticator.ts";
import { findPerson, setPersonActive } from "../../../store/person.ts";
import { Scope } from "../../../store/scope.ts";
import { assertionJson, wish } from "../../component/authority/parts.ts";
import { outcome, World } from "../../component/authority/world.ts";
import type { Deviation } from "../../passkey.ts";
import { ServedFace } from "../face.ts";

const system = Scope.system();
describe("A2: nobody is signed in without each verified proof", () => {
  test("A2: whatever factors were proven, a sign-in is issued for two of them only, and to staff for a passkey", async () => {
    const world = await World.open();
    const all: Factor[] = ["passkey", "password", "totp"];
    // Every subset of them, on both faces, for people of both.
    for (let subset = 0; subset < 2 ** all.length; subset++)
      for (const face of faces)
        for (const name of ["technician", "approver"] as const)
          for (const active of [true, false]) {
            const factors = all.filter((_, bit) => subset & (1 << bit));
            const person = await findPerson(world.store.db, system, world.people[name].id, world.context.now());
            if (!person) throw new Error("nobody");
            const own = world.people[name].face === face;
            const two = factors.includes("passkey") || (factors.includes("password") && factors.includes("totp"));
            const may = active && own && two && (face === "portal" || factors.includes("passkey"));
            // Disabled after they were read, as it happens while a password is verified.
            const issued = world.store.change(async (change) => {
              await setPersonActive(change.db, person.id, active);
              return signIn(world.context, change, { person, face, factors, network: "192.0.2.1" });
            });
            expect([factors, face, name, active, await outcome(issued)]).toEqual([
              factors,
              face,
              name,
              active,
              may ? "done" : "sign-in-failed",
            ]);
          }
  });

  test("A2: a right password with a wrong code signs nobody in", async () => {
    const world = await World.open();
    const [password, secret] = ["correct horse battery staple", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"];
    const password_hash = await hashPassword(password);
    await world.store.change(({ db }) =>
      insertAuthenticator(db, {
        person: world.people.technician.id,
        kind: "password-totp",
        rp: null,
        origin: null,
        credential: null,
        public_key: null,
        transports: null,
        label: "password",
        password_hash,
        totp_sealed: seal(world.context.keys.data, "authenticator:totp", secret),
        totp_step: null,
        created_at: world.at(),
        expires_at: world.at(limits.authenticatorMs),
      }),
    );
    const portal = await ServedFace.open(world, "portal");
    // Of ten minutes ago.
    const totp = await generate({ secret, epoch: Math.floor(world.clock / 1000) - 600 });
    const body = { login: world.people.technician.login, password, totp };
    expect(await portal.outcome("/api/sign-in/password", { body })).toBe("sign-in-failed");
    expect(await world.store.db.selectFrom("sign_in").select("id").execute()).toEqual([]);
  }, 20_000);

  test("A2: a passkey counts only with its person verified, on this origin, for this very challenge, once", async () => {
    const world = await World.open();
    const passkey = await world.enrol("technician");
    const portal = await ServedFace.open(world, "portal");
    type Begun = { ceremony: string; options: { challenge: string } };
    const begin = async () => (await portal.call("/api/sign-in/begin", { body: {} })).json<Begun>();
    const finish = (ceremony: string, response: object) =>
      portal.outcome("/api/sign-in/passkey", { body: { ceremony, response } });
    const wrong: Deviation[] = [
      { userVerified: false },
      { origin: "https://evil.example" },
      { rp: "evil.example" },
      { type: "webauthn.create" },
    ];
    for (const deviation of wrong) {
      const { ceremony, options } = await begin();
      expect(await finish(ceremony, assertionJson(passkey, options.challenge, deviation))).toBe("sign-in-failed");
    }
    const [one, two] = [await begin(), await begin()];
    expect(await finish(one.ceremony, assertionJson(passkey, two.options.challenge))).toBe("sign-in-failed");
    // Spent by the failure, and the other by its success.
    expect(await finish(one.ceremony, assertionJson(passkey, one.options.challenge))).toBe("ceremony-invalid");
    const answer = assertionJson(passkey, two.options.challenge);
    expect(await finish(two.ceremony, answer)).toBe("200");
    expect(await finish(two.ceremony, answer)).toBe("ceremony-invalid");
  });
});

describe("A1: a proof is bound to one session and one action", () => {
  test("A1: an approval's assertion begun in one sign-in is worth nothing in another, of the same person", async () => {
    const world = await World.open();
    await world.enrol("approver");
    const passkey = world.passkeys.get("approver");
    const staff = await ServedFace.open(world, "staff");
    const portal = await ServedFace.open(world, "portal");
    const technician = await world.signIn("technician");
    const asked = await wish(world, technician.caller);
    const request = (await portal.call("/api/requests", { body: asked, cookie: technician.token })).json<{
      id: string;
      windows: object[];
    }>();
    const [here, there] = [await world.signIn("approver"), await world.signIn("approver")];
    const path = `/api/requests/${request.id}/approval`;
    const begun = (await staff.call(`${path}/begin`, { body: { windows: request.windows }, cookie: here.token })).json<{
      ceremony: string;
      options: { challenge: string };
    }>();
    if (!passkey) throw new Error("not enrolled");
    const body = { ceremony: begun.ceremony, response: assertionJson(passkey, begun.options.challenge) };
    expect(await staff.outcome(path, { body, cookie: there.token })).toBe("ceremony-invalid");
    // Nor does the same assertion sign anybody in.
    expect(await staff.outcome("/api/sign-in/passkey", { body })).toBe("ceremony-invalid");
    expect(await staff.outcome(path, { body, cookie: here.token })).toMatch(/^20/);
  });
});
