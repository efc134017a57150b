import fc from "fast-check";
import { expect, test } from "vitest";
import { randomToken } from "../../../crypto/random.ts";
import type { Face } from "../../../protocol/face.ts";
import { assertionJson, nothing } from "../authority/parts.ts";
import { type Begun, beginSignIn, enrol, keyOf, linkOf, password } from "./enrol.ts";
import { type Answer, cookieOf, Faces } from "./world.ts";

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
}, 60_000);
