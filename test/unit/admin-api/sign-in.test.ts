import fc from "fast-check";
import { generate } from "otplib";
import { describe, expect, test } from "vitest";
import { FailureBudget } from "../../../admin-api/failure-budget.ts";
import { totpStep } from "../../../admin-api/totp.ts";
import { Turns } from "../../../admin-api/turn.ts";
import { enrolmentLink } from "../../../authority/register.ts";
import { faceOrigin, faceRp } from "../../../authority/settings.ts";
import { randomToken } from "../../../crypto/random.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Face } from "../../../protocol/person.ts";
import { Passkey } from "../../passkey.ts";
import { assertionJson, nothing } from "../authority/parts.ts";
import { hosts, type Name, outcome } from "../authority/world.ts";
import { type Answer, cookieOf, Faces, said, shareFaces } from "./world.ts";

interface Begun {
  readonly ceremony: string;
  readonly options: { readonly challenge: string; readonly rpId?: string };
  readonly totp: { readonly secret: string; readonly uri: string } | null;
}

const password = "correct horse battery";

async function linkOf(f: Faces, name: Name): Promise<string> {
  const { people, store, clock } = f.world;
  const link = await enrolmentLink(store, hosts, people[name].login, new Date(clock));
  return new URL(link?.url ?? "http://none").hash.slice(1);
}

const beginEnrolment = async (f: Faces, face: Face, code: string) =>
  (await f.post<Begun>(face, "/api/enrolment/begin", { code })).body;

const keyOf = (face: Face) => new Passkey(faceRp(hosts, face), faceOrigin(hosts, face));

/** Enrols by a link, as the page does. */
async function enrol(f: Faces, name: Name, passkey = keyOf(f.world.people[name].face)): Promise<Answer> {
  const { face } = f.world.people[name];
  const code = await linkOf(f, name);
  const { ceremony, options } = await beginEnrolment(f, face, code);
  const response = passkey.register(options.challenge);
  return f.post(face, "/api/enrolment/passkey", { code, ceremony, response, label: "key" });
}

const beginSignIn = async (f: Faces, face: Face) => (await f.post<Begun>(face, "/api/sign-in/begin")).body;

async function signIn(f: Faces, face: Face, passkey: Passkey): Promise<Answer> {
  const { ceremony, options } = await beginSignIn(f, face);
  return f.post(face, "/api/sign-in/passkey", { ceremony, response: assertionJson(passkey, options.challenge) });
}

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

  test("is good on the face of its person only, for its time, and not beside another that was used", async () => {
    const f = await Faces.open();
    const [first, second] = [await linkOf(f, "technician"), await linkOf(f, "technician")];
    expect(said(await f.post("staff", "/api/enrolment/begin", { code: first }))).toBe("400 enrolment-invalid");
    expect(said(await f.post("portal", "/api/enrolment/begin", { code: randomToken(24) }))).toBe(
      "400 enrolment-invalid",
    );
    const held = await beginEnrolment(f, "portal", second);
    const { ceremony, options } = await beginEnrolment(f, "portal", first);
    const of = (code: string, begun: Pick<Begun, "ceremony" | "options">, passkey = keyOf("portal")) =>
      f.post("portal", "/api/enrolment/passkey", {
        code,
        ceremony: begun.ceremony,
        response: passkey.register(begun.options.challenge),
        label: "key",
      });
    // One link's ceremony is not another's.
    expect(said(await of(second, { ceremony, options }))).toBe("400 ceremony-invalid");
    const again = await beginEnrolment(f, "portal", first);
    expect(said(await of(first, again))).toBe("200");
    expect(said(await of(second, held))).toBe("400 enrolment-invalid");
    const late = await linkOf(f, "colleague");
    f.world.clock += limits.enrolmentMs;
    expect(said(await f.post("portal", "/api/enrolment/begin", { code: late }))).toBe("400 enrolment-invalid");
  });
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
});

describe("password and TOTP", () => {
  test("enrol and sign in a technician; a used step is refused, and so is staff", async () => {
    const f = await Faces.open();
    const code = await linkOf(f, "technician");
    const { ceremony, totp } = await beginEnrolment(f, "portal", code);
    const secret = totp?.secret ?? "";
    const codeAt = (ms = 0) => generate({ secret, epoch: Math.floor((f.world.clock + ms) / 1000) });
    const enrolled = (body: object) =>
      f.post("portal", "/api/enrolment/password", { code, ceremony, password, ...body });
    expect(said(await enrolled({ password: "short", totp: await codeAt() }))).toBe("400 password-too-short");
    const answer = await enrolled({ totp: await codeAt() });
    expect([answer.status, answer.body.factors]).toEqual([200, ["password", "totp"]]);

    const { login } = f.world.people.technician;
    const enter = async (body: object) => f.post("portal", "/api/sign-in/password", { login, password, ...body });
    const records = await f.recorded(async () => {
      // The step with which they enrolled is used.
      expect(said(await enter({ totp: await codeAt() }))).toBe("401 sign-in-failed");
    });
    expect(records).toMatchObject([
      { action: "sign-in", outcome: "refused", reasons: ["sign-in-failed"], actor: null },
    ]);
    f.world.clock += 30_000;
    const next = await codeAt();
    const two = await Promise.all([enter({ totp: next }), enter({ totp: next })]);
    expect(two.map(said).sort()).toEqual(["200", "401 sign-in-failed"]);
    // An earlier step than the last one is used as well, drift or not.
    const { db } = f.world.store;
    const row = await db.selectFrom("authenticator").selectAll().executeTakeFirstOrThrow();
    expect(Number(row.totp_step)).toBe(Math.floor(f.world.clock / 30_000));
    expect(row.password_hash).toMatch(/^scrypt\$/);
    expect(`${row.totp_sealed}${row.password_hash}`).not.toContain(secret);
    // Right code, wrong password; and nobody of that name: the same answer.
    f.world.clock += 30_000;
    const [wrong, nobody] = await Promise.all([
      enter({ password: "wrong horse battery", totp: await codeAt() }),
      enter({ login: "nobody@example.org", totp: await codeAt() }),
    ]);
    expect([wrong.status, wrong.text]).toEqual([401, nobody.text]);
    expect((await f.post("staff", "/api/sign-in/password", { login, password, totp: await codeAt() })).status).toBe(
      404,
    );
  }, 20_000);

  test("do not enrol staff, nor with a wrong code, nor twice", async () => {
    const f = await Faces.open();
    const code = await linkOf(f, "technician");
    const begun = await beginEnrolment(f, "portal", code);
    const body = { code, ceremony: begun.ceremony, password, totp: "000000" };
    expect(said(await f.post("portal", "/api/enrolment/password", body))).toBe("400 totp-invalid");
    // The ceremony, and with it the secret that was shown, is spent.
    const right = await generate({ secret: begun.totp?.secret ?? "", epoch: Math.floor(f.world.clock / 1000) });
    expect(said(await f.post("portal", "/api/enrolment/password", { ...body, totp: right }))).toBe(
      "400 ceremony-invalid",
    );
    const officer = await linkOf(f, "officer");
    const { ceremony } = await beginEnrolment(f, "staff", officer);
    const answer = await f.post("staff", "/api/enrolment/password", { ...body, code: officer, ceremony });
    expect(answer.status).toBe(404);
  });

  test("a code is one of three steps, and never one up to the last that was used", async () => {
    const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    const now = new Date("2026-03-02T01:00:15.000Z");
    const step = Math.floor(now.getTime() / 30_000);
    const codeOf = (n: number) => generate({ secret, epoch: n * 30 });
    for (const n of [step - 1, step, step + 1]) expect(await totpStep(await codeOf(n), secret, null, now)).toBe(n);
    for (const n of [step - 2, step + 2])
      expect(await outcome(totpStep(await codeOf(n), secret, null, now))).toBe("totp-invalid");
    expect(await outcome(totpStep(await codeOf(step), secret, step, now))).toBe("totp-invalid");
    expect(await outcome(totpStep(await codeOf(step - 1), secret, step, now))).toBe("totp-invalid");
    expect(await totpStep(await codeOf(step + 1), secret, step, now)).toBe(step + 1);
  });
});

describe("a budget of failures", () => {
  test("is spent by tries, also by those that run at once; a success gives its own back; time refills it", () => {
    const budget = new FailureBudget(3, 1_000);
    for (const at of [0, 1, 2]) budget.take("a", at);
    expect(() => budget.take("a", 3)).toThrowError(expect.objectContaining({ code: "too-many" }));
    budget.take("b", 3);
    budget.forgive("a", 1);
    budget.take("a", 4);
    expect(() => budget.take("a", 5)).toThrowError(expect.objectContaining({ code: "too-many" }));
    budget.forgive("unknown", 5);
    budget.take("a", 1_002);
  });

  test("holds back costly work: a bounded queue, in order, and a place is free again after a failure", async () => {
    const turns = new Turns(1, 2);
    const order: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = (n: number) =>
      turns.run(async () => {
        await promise;
        order.push(n);
        if (n === 2) throw new Error("failed");
      });
    const all = [1, 2, 3, 4].map((n) => outcome(work(n)));
    resolve();
    expect(await Promise.all(all)).toEqual(["done", "Error: failed", "done", "too-many"]);
    expect(order).toEqual([1, 2, 3]);
    expect(await outcome(work(5))).toBe("done");
  });
});

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

/** What somebody without all the proofs can send, from what they overheard or hold of their own (A2). */
test("no sequence of sign-in and enrolment calls without every verified proof makes a sign-in", async () => {
  const f = await Faces.open();
  const { db } = f.world.store;
  const enrolled = { portal: keyOf("portal"), staff: keyOf("staff") };
  await enrol(f, "technician", enrolled.portal);
  await enrol(f, "officer", enrolled.staff);
  const own = { portal: keyOf("portal"), staff: keyOf("staff") };
  // A link was overheard; the attacker has no authenticator that would verify its user on this host.
  const codes = { portal: await linkOf(f, "colleague"), staff: await linkOf(f, "approver"), none: randomToken(24) };
  const overheard = { portal: await beginSignIn(f, "portal"), staff: await beginSignIn(f, "staff") };
  const used = {} as Record<Face, ReturnType<typeof assertionJson>>;
  for (const face of ["portal", "staff"] as const) {
    used[face] = assertionJson(enrolled[face], overheard[face].options.challenge);
    const { ceremony } = overheard[face];
    expect((await f.post(face, "/api/sign-in/passkey", { ceremony, response: used[face] })).status).toBe(200);
  }
  const before = (await db.selectFrom("sign_in").select("id").execute()).length;
  const authenticators = (await db.selectFrom("authenticator").select("id").execute()).length;

  const face = fc.constantFrom<Face>("portal", "staff");
  const call = fc.record({
    face,
    call: fc.constantFrom("link", "begin", "assert", "register", "password", "token", "me"),
    code: fc.constantFrom("portal" as const, "staff" as const, "none" as const),
    ceremony: fc.nat(20),
    proof: fc.constantFrom(
      "replayed",
      "unverified",
      "other origin",
      "own key",
      "own key as theirs",
      "other challenge",
      "nothing",
    ),
  });
  const deviations = { unverified: { userVerified: false }, "other origin": { origin: "https://evil.example" } };

  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 5, maxLength: 15 }), async (calls) => {
      const ceremonies: { id: string; challenge: string }[] = [
        { id: overheard.portal.ceremony, challenge: overheard.portal.options.challenge },
        { id: nothing("ceremony"), challenge: randomToken() },
      ];
      for (const one of calls) {
        const begun = ceremonies[one.ceremony % ceremonies.length] as (typeof ceremonies)[number];
        const theirs = enrolled[one.face];
        const assertion = (): unknown => {
          switch (one.proof) {
            case "replayed":
              return used[one.face];
            case "unverified":
            case "other origin":
              return assertionJson(theirs, begun.challenge, deviations[one.proof]);
            case "own key":
              return assertionJson(own[one.face], begun.challenge);
            case "own key as theirs":
              return {
                ...assertionJson(own[one.face], begun.challenge),
                id: theirs.credential,
                rawId: theirs.credential,
              };
            case "other challenge":
              return assertionJson(theirs, randomToken());
            default:
              return {};
          }
        };
        const registration = (): unknown =>
          one.proof in deviations
            ? own[one.face].register(begun.challenge, deviations[one.proof as keyof typeof deviations])
            : one.proof === "other challenge"
              ? own[one.face].register(randomToken())
              : one.proof === "own key as theirs"
                ? own[one.face].register(begun.challenge, { type: "webauthn.get" })
                : {};
        const code = codes[one.code];
        const asked: Record<typeof one.call, () => Promise<Answer>> = {
          link: () => f.post(one.face, "/api/enrolment/begin", { code }),
          begin: () => f.post(one.face, "/api/sign-in/begin"),
          assert: () => f.post(one.face, "/api/sign-in/passkey", { ceremony: begun.id, response: assertion() }),
          register: () =>
            f.post(one.face, "/api/enrolment/passkey", {
              code,
              ceremony: begun.id,
              response: registration(),
              label: "x",
            }),
          password: () =>
            f.post(one.face, "/api/enrolment/password", { code, ceremony: begun.id, password, totp: "000000" }),
          token: () => {
            const grant = "urn:ietf:params:oauth:grant-type:device_code";
            const form = { grant_type: grant, device_code: begun.challenge, client_id: "genkan-cli" };
            return f.ask(one.face, "POST", "/oauth/token", { form });
          },
          me: () => f.ask(one.face, "GET", "/api/me", { as: begun.challenge }),
        };
        const answer = await asked[one.call]();
        if (one.call === "link" || one.call === "begin") {
          const { ceremony, options } = answer.body as unknown as Begun;
          if (answer.status === 200) ceremonies.push({ id: ceremony, challenge: options.challenge });
        } else expect([one, answer.status]).toEqual([one, expect.toSatisfy((n: number) => n >= 400 && n < 500)]);
        expect([one, cookieOf(answer)]).toEqual([one, null]);
      }
      expect((await db.selectFrom("sign_in").select("id").execute()).length).toBe(before);
      expect((await db.selectFrom("authenticator").select("id").execute()).length).toBe(authenticators);
    }),
    { numRuns: 40, interruptAfterTimeLimit: 4_000 },
  );
}, 20_000);
