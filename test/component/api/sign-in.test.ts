import { describe, expect, test } from "vitest";
import { faceRp } from "../../../authority/hosts.ts";
import { limits } from "../../../protocol/limits.ts";
import { assertionJson } from "../authority/parts.ts";
import { hosts } from "../authority/world.ts";
import { beginSignIn, enrol, keyOf, signIn } from "./enrol.ts";
import { cookieOf, Faces, said } from "./world.ts";

describe("a passkey", () => {
  test("signs in on its own face, each time with a challenge of its own", async () => {
    const f = await Faces.open();
    const passkey = keyOf("staff");
    await enrol(f, "officer", passkey);
    const { ceremony, options } = await beginSignIn(f, "staff");
    expect(options.rpId).toBe("staff.genkan.example");
    const body = { ceremony, response: assertionJson(passkey, options.challenge) };
    const answer = await f.post("staff", "/api/sign-in/passkey", body);
    expect(answer.status).toBe(200);
    expect(said(await f.post("staff", "/api/sign-in/passkey", body))).toBe("400 ceremony-invalid");
    const again = await beginSignIn(f, "staff");
    expect(again.options.challenge).not.toBe(options.challenge);
    // Yesterday's assertion in today's ceremony.
    expect(said(await f.post("staff", "/api/sign-in/passkey", { ...body, ceremony: again.ceremony }))).toBe(
      "401 sign-in-failed",
    );
  });

  test("of staff signs nobody in on the portal, whatever origin it names", async () => {
    const f = await Faces.open();
    const passkey = keyOf("staff");
    await enrol(f, "officer", passkey);
    for (const deviation of [{}, { origin: hosts.portal }, { origin: hosts.portal, rp: faceRp(hosts, "portal") }]) {
      const { ceremony, options } = await beginSignIn(f, "portal");
      const response = assertionJson(passkey, options.challenge, deviation);
      const answer = await f.post("portal", "/api/sign-in/passkey", { ceremony, response });
      expect([said(answer), cookieOf(answer)]).toEqual(["401 sign-in-failed", null]);
    }
    // Nor does a ceremony of one face finish on the other.
    const { ceremony, options } = await beginSignIn(f, "staff");
    const response = assertionJson(passkey, options.challenge);
    expect(said(await f.post("portal", "/api/sign-in/passkey", { ceremony, response }))).toBe("400 ceremony-invalid");
  });

  test("signs nobody in by an assertion that says anything else than it must", async () => {
    const f = await Faces.open();
    const passkey = keyOf("staff");
    await enrol(f, "officer", passkey);
    for (const deviation of [
      { userVerified: false },
      { userPresent: false },
      { origin: "https://evil.example" },
      { origin: `${hosts.staff}:8443` },
      { rp: "genkan.example" },
      { type: "webauthn.create" },
      { topOrigin: "https://evil.example", crossOrigin: true },
    ]) {
      const { ceremony, options } = await beginSignIn(f, "staff");
      const response = assertionJson(passkey, options.challenge, deviation);
      const answer = await f.post("staff", "/api/sign-in/passkey", { ceremony, response });
      expect([deviation, said(answer), cookieOf(answer)]).toEqual([deviation, "401 sign-in-failed", null]);
    }
  });

  test("that expired, or of a person who is disabled, signs nobody in", async () => {
    const f = await Faces.open();
    const passkey = keyOf("staff");
    const token = cookieOf(await enrol(f, "officer", passkey)) ?? "";
    const { db } = f.world.store;
    await db.updateTable("person").set({ active: 0 }).where("id", "=", f.world.people.officer.id).execute();
    expect(said(await signIn(f, "staff", passkey))).toBe("401 sign-in-failed");
    // Nor is the sign-in of before good any more.
    expect((await f.ask("staff", "GET", "/api/me", { as: token })).status).toBe(401);
    await db.updateTable("person").set({ active: 1 }).execute();
    await db.updateTable("authenticator").set({ expires_at: f.world.at() }).execute();
    expect(said(await signIn(f, "staff", passkey))).toBe("401 sign-in-failed");
  });
});

describe("a sign-in", () => {
  test("ends by itself: after idleness, on staff sooner, and after a working day in any case", async () => {
    const f = await Faces.open();
    for (const [name, face, idle] of [
      ["technician", "portal", limits.signInIdleMs],
      ["officer", "staff", limits.staffIdleMs],
    ] as const) {
      const me = (as: string) => f.ask(face, "GET", "/api/me", { as });
      const quiet = await f.token(name);
      f.world.clock += idle - 1;
      expect((await me(quiet)).status).toBe(200);
      f.world.clock += idle - 1;
      expect((await me(quiet)).status).toBe(200);
      f.world.clock += idle;
      expect((await me(quiet)).status).toBe(401);
      const busy = await f.token(name);
      for (let passed = 0; passed + idle / 2 < limits.signInAbsoluteMs; passed += idle / 2) {
        f.world.clock += idle / 2;
        expect((await me(busy)).status).toBe(200);
      }
      f.world.clock += idle / 2;
      expect((await me(busy)).status).toBe(401);
    }
  });

  test("stands in a cookie of this one host, which no script reads and no other site sends", async () => {
    const f = await Faces.open();
    const answer = await enrol(f, "officer");
    expect([answer.headers["set-cookie"]].flat()).toEqual([
      expect.stringMatching(
        new RegExp(
          `^__Host-genkan=[A-Za-z0-9_-]{43}; Max-Age=${limits.signInAbsoluteMs / 1000}; Path=/; HttpOnly; Secure; SameSite=Strict$`,
        ),
      ),
    ]);
    const out = await f.post("staff", "/api/sign-out", {}, { as: cookieOf(answer) ?? "" });
    expect(String(out.headers["set-cookie"])).toMatch(/^__Host-genkan=; .*Expires=Thu, 01 Jan 1970/);
    expect((await f.ask("staff", "GET", "/api/me", { as: cookieOf(answer) ?? "" })).status).toBe(401);
  });
});
