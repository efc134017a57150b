import { generate } from "otplib";
import { describe, expect, test } from "vitest";
import { enrolmentLink } from "../../../authority/enrolment.ts";
import { randomBytes, randomToken } from "../../../crypto/random.ts";
import { sha256 } from "../../../crypto/thumbprint.ts";
import { limits } from "../../../protocol/limits.ts";
import { listAuthenticators } from "../../../store/authenticator.ts";
import { insertEnrolment } from "../../../store/enrolment.ts";
import { Scope } from "../../../store/scope.ts";
import type { Store } from "../../../store/store.ts";
import { cborMap, type Passkey } from "../../passkey.ts";
import { hosts } from "../authority/world.ts";
import { type Begun, beginEnrolment, enrol, keyOf, linkOf, password, signIn } from "./enrol.ts";
import { cookieOf, Faces, said, shareFaces } from "./world.ts";

describe("an enrolment link", () => {
  test("enrols one passkey, signs in with two factors, and is spent", async () => {
    const f = await Faces.open();
    const code = await linkOf(f, "officer");
    const { ceremony, options, totp } = await beginEnrolment(f, "staff", code);
    expect(totp).toBeNull();
    const passkey = keyOf("staff");
    const body = { code, ceremony, response: passkey.register(options.challenge), label: "key" };
    const answer = await f.post("staff", "/api/enrolment/passkey", body);
    expect([answer.status, answer.body.factors, answer.body.face]).toEqual([200, ["passkey"], "staff"]);
    const token = cookieOf(answer) ?? "";
    expect((await f.ask("staff", "GET", "/api/me", { as: token })).status).toBe(200);
    expect(said(await f.post("staff", "/api/enrolment/passkey", body))).toBe("400 enrolment-invalid");
    expect(said(await f.post("staff", "/api/enrolment/begin", { code }))).toBe("400 enrolment-invalid");
    expect(said(await signIn(f, "staff", passkey))).toBe("200");
    expect(await enrolmentLink(f.world.store, hosts, f.world.people.officer.login, new Date())).toBeNull();
  });

  test("is good on the face of its person only, for its time, and not beside a later one", async () => {
    const f = await Faces.open();
    const first = await linkOf(f, "technician");
    expect(said(await f.post("staff", "/api/enrolment/begin", { code: first }))).toBe("400 enrolment-invalid");
    expect(said(await f.post("portal", "/api/enrolment/begin", { code: randomToken(24) }))).toBe(
      "400 enrolment-invalid",
    );
    const held = await beginEnrolment(f, "portal", first);
    const second = await linkOf(f, "technician");
    const of = (code: string, begun: Pick<Begun, "ceremony" | "options">, passkey = keyOf("portal")) =>
      f.post("portal", "/api/enrolment/passkey", {
        code,
        ceremony: begun.ceremony,
        response: passkey.register(begun.options.challenge),
        label: "key",
      });
    expect(said(await of(first, held))).toBe("400 enrolment-invalid");
    // One link's ceremony is not another's.
    expect(said(await of(second, held))).toBe("400 ceremony-invalid");
    expect(said(await of(second, await beginEnrolment(f, "portal", second)))).toBe("200");
    expect(said(await of(second, held))).toBe("400 enrolment-invalid");
    const late = await linkOf(f, "colleague");
    f.world.clock += limits.enrolmentMs;
    expect(said(await f.post("portal", "/api/enrolment/begin", { code: late }))).toBe("400 enrolment-invalid");
  });
});

describe("a person who has enrolled", () => {
  /** What comes of a link, used as the page uses it, and how many authenticators its person has then. */
  async function used(f: Faces, code: string) {
    const begun = await f.post<Begun>("staff", "/api/enrolment/begin", { code });
    const { ceremony, options } = begun.body;
    const response = keyOf("staff").register(options.challenge);
    const answer = await f.post("staff", "/api/enrolment/passkey", { code, ceremony, response, label: "key" });
    const { length } = await listAuthenticators(f.world.store.db, Scope.system(), f.world.people.approver.id);
    return { said: said(answer), authenticators: length };
  }

  test("is given no link, not even by a command that looked before", async () => {
    const f = await Faces.open();
    const { store, people, clock } = f.world;
    // Another process comes to its turn only after the enrolment.
    const turn = Promise.withResolvers<void>();
    const slow = { ...store, change: ((work) => turn.promise.then(() => store.change(work))) as Store["change"] };
    const link = enrolmentLink(slow, hosts, people.approver.login, new Date(clock));
    expect(said(await enrol(f, "approver"))).toBe("200");
    turn.resolve();
    expect(await link).toBeNull();
  });

  test("does so once, whatever links there are", async () => {
    const f = await Faces.open();
    const { store, people, clock } = f.world;
    expect(said(await enrol(f, "approver"))).toBe("200");
    const code = randomToken(24);
    const at = new Date(clock);
    const row = {
      codeHash: sha256(code),
      person: people.approver.id,
      at,
      expiresAt: new Date(clock + limits.enrolmentMs),
    };
    await store.change(({ db }) => insertEnrolment(db, row));
    expect(await used(f, code)).toEqual({ said: "400 enrolment-invalid", authenticators: 1 });
  });
});

describe("a person whose authenticator has expired", () => {
  test("enrols again by a new link, also on the same device, and signs in with what is new", async () => {
    const f = await Faces.open();
    const [first, second] = [keyOf("staff"), keyOf("staff")];
    await enrol(f, "officer", first);
    f.world.clock += limits.authenticatorMs;
    expect(said(await signIn(f, "staff", first))).toBe("401 sign-in-failed");
    const begun = await f.post<{ options: { excludeCredentials: unknown[] } }>("staff", "/api/enrolment/begin", {
      code: await linkOf(f, "officer"),
    });
    // The browser makes no passkey on a device that holds one of these.
    expect(begun.body.options.excludeCredentials).toEqual([]);
    expect(said(await enrol(f, "officer", second))).toBe("200");
    expect(said(await signIn(f, "staff", second))).toBe("200");
    expect(said(await signIn(f, "staff", first))).toBe("401 sign-in-failed");
    expect(await linkOf(f, "officer")).toBe("");
  });

  test("signs in with the new password", async () => {
    const f = await Faces.open();
    const { login } = f.world.people.technician;
    let secret = "";
    const totp = () => generate({ secret, epoch: Math.floor(f.world.clock / 1000) });
    for (const word of [password, "another correct horse"]) {
      const code = await linkOf(f, "technician");
      const begun = await beginEnrolment(f, "portal", code);
      secret = begun.totp?.secret ?? "";
      const body = { code, ceremony: begun.ceremony, password: word, totp: await totp() };
      expect(said(await f.post("portal", "/api/enrolment/password", body))).toBe("200");
      f.world.clock += 30_000;
      const entered = await f.post("portal", "/api/sign-in/password", { login, password: word, totp: await totp() });
      expect(said(entered)).toBe("200");
      f.world.clock += limits.authenticatorMs;
    }
  }, 60_000);
});

describe("an enrolment", () => {
  let f: Faces;
  shareFaces((shared) => {
    f = shared;
  });

  test.each<[string, Parameters<Passkey["register"]>[1]]>([
    ["nobody verified", { userVerified: false }],
    ["another origin", { origin: "https://portal.genkan.example.evil.example" }],
    ["another relying party", { rp: "genkan.example" }],
    ["an assertion in place of a registration", { type: "webauthn.get" }],
  ])("with %s enrols nothing", async (_, deviation) => {
    const code = await linkOf(f, "technician");
    const { ceremony, options } = await beginEnrolment(f, "portal", code);
    const response = keyOf("portal").register(options.challenge, deviation);
    const answer = await f.post("portal", "/api/enrolment/passkey", { code, ceremony, response, label: "key" });
    expect([said(answer), cookieOf(answer)]).toEqual(["400 ceremony-invalid", null]);
    expect(await f.world.store.db.selectFrom("authenticator").selectAll().execute()).toEqual([]);
  });

  test.each<[string, { id?: Uint8Array; key?: Uint8Array }]>([
    ["with an id that is longer than agents read", { id: randomBytes(769) }],
    ["whose key agents can't read", { key: cborMap([1, 1], [3, -8], [-1, 6], [-2, randomBytes(33)]) }],
  ])("of a passkey %s enrols nothing", async (_, { id, key }) => {
    const code = await linkOf(f, "approver");
    const { ceremony, options } = await beginEnrolment(f, "staff", code);
    const response = keyOf("staff").register(options.challenge, {
      ...(id && { credential: id }),
      ...(key && { publicKey: key }),
    });
    const answer = await f.post("staff", "/api/enrolment/passkey", { code, ceremony, response, label: "key" });
    expect([said(answer), cookieOf(answer)]).toEqual(["400 ceremony-invalid", null]);
    expect(await f.world.store.db.selectFrom("authenticator").selectAll().execute()).toEqual([]);
  });
});
