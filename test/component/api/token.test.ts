import { describe, expect, test } from "vitest";
import { randomToken } from "../../../crypto/random.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { limits } from "../../../protocol/limits.ts";
import { hosts } from "../authority/world.ts";
import { makeKey, proof, seconds } from "./terminal.ts";
import { type Answer, Faces, said, shareFaces } from "./world.ts";

describe("a token of the command line (A3, A18)", () => {
  let shared: Faces;
  shareFaces((f) => {
    shared = f;
  });

  async function signedIn() {
    const f = shared;
    const key = makeKey();
    const { token } = await f.world.signIn("technician", { dpopKey: jwkThumbprint(key.jwk) });
    const me = async (dpop: string | null, authorization = `DPoP ${token}`) =>
      f.ask("portal", "GET", "/api/me", { headers: { authorization, ...(dpop === null ? {} : { dpop }) } });
    return { f, key, token, me };
  }
  type SignedIn = Awaited<ReturnType<typeof signedIn>>;

  test("is good with a fresh proof by its own key, and the query is no part of it", async () => {
    const { f, key, token, me } = await signedIn();
    expect(said(await me(await proof(f, key, { token })))).toBe("200");
    const dpop = await proof(f, key, { token, htu: `${hosts.portal}/api/sessions?x=1` });
    const headers = { authorization: `DPoP ${token}`, dpop };
    expect((await f.ask("portal", "GET", "/api/sessions?y=2", { headers })).status).toBe(200);
  });

  test.each<[string, string, (s: SignedIn) => Promise<Answer>]>([
    [
      "a proof by another key: the token was stolen",
      "unauthenticated",
      async ({ f, token, me }) => me(await proof(f, makeKey(), { token })),
    ],
    ["no proof", "unauthenticated", ({ me }) => me(null)],
    [
      "a proof that was used",
      "dpop-invalid",
      async ({ f, key, token, me }) => {
        const dpop = await proof(f, key, { token });
        await me(dpop);
        return me(dpop);
      },
    ],
    [
      "a jti that was used, signed again",
      "dpop-invalid",
      async ({ f, key, token, me }) => {
        const jti = randomToken();
        await me(await proof(f, key, { token, jti }));
        return me(await proof(f, key, { token, jti }));
      },
    ],
    [
      "a proof for another method",
      "dpop-invalid",
      async ({ f, key, token, me }) => me(await proof(f, key, { token, htm: "POST" })),
    ],
    [
      "a proof for another path",
      "dpop-invalid",
      async ({ f, key, token, me }) => me(await proof(f, key, { token, htu: `${hosts.portal}/api/grants` })),
    ],
    [
      "a proof for the other face",
      "dpop-invalid",
      async ({ f, key, token, me }) => me(await proof(f, key, { token, htu: `${hosts.staff}/api/me` })),
    ],
    [
      "a proof for another token",
      "dpop-invalid",
      async ({ f, key, me }) => me(await proof(f, key, { token: randomToken() })),
    ],
    ["a proof for no token", "dpop-invalid", async ({ f, key, me }) => me(await proof(f, key, {}))],
    [
      "a proof from before",
      "dpop-invalid",
      async ({ f, key, token, me }) =>
        me(await proof(f, key, { token, iat: seconds(f.world.clock - limits.dpopMs - 1_000) })),
    ],
    [
      "a proof from the future",
      "dpop-invalid",
      async ({ f, key, token, me }) =>
        me(await proof(f, key, { token, iat: seconds(f.world.clock + limits.dpopMs + 1_000) })),
    ],
    ["a proof that is none", "dpop-invalid", ({ me }) => me("a.b.c")],
    [
      "the scheme of a bearer",
      "unauthenticated",
      async ({ f, key, token, me }) => me(await proof(f, key, { token }), `Bearer ${token}`),
    ],
    ["no token", "unauthenticated", async ({ f, key, me }) => me(await proof(f, key, {}), "DPoP")],
    [
      "a token that nobody has",
      "unauthenticated",
      async ({ f, key, me }) => {
        const token = randomToken();
        return me(await proof(f, key, { token }), `DPoP ${token}`);
      },
    ],
    [
      "the token of a browser's cookie",
      "unauthenticated",
      async ({ f, key, me }) => {
        const cookie = await f.token("technician");
        return me(await proof(f, key, { token: cookie }), `DPoP ${cookie}`);
      },
    ],
    [
      "a token of staff",
      "unauthenticated",
      async ({ f, key, me }) => {
        const { token } = await f.world.signIn("officer", { dpopKey: jwkThumbprint(key.jwk) });
        return me(await proof(f, key, { token }), `DPoP ${token}`);
      },
    ],
  ])("with %s is refused and audited: %s", async (_, code, act) => {
    const s = await signedIn();
    let answer: Answer | undefined;
    const records = await s.f.recorded(async () => {
      answer = await act(s);
    });
    expect(answer && said(answer)).toBe(`401 ${code}`);
    expect(records.at(-1)).toMatchObject({ action: "me.read", outcome: "refused", reasons: [code], actor: null });
  });

  test("that nobody has, or with another's key, is looked up before its proof is kept: it costs a stranger's refusal", async () => {
    const f = await Faces.open();
    const { token } = await f.world.signIn("technician", { dpopKey: jwkThumbprint(makeKey().jwk) });
    const stranger = makeKey();
    let commits = 0;
    f.world.store.onCommit(() => void commits++);
    for (const shown of [...Array.from({ length: limits.refusalsLoggedPerAddress + 20 }, () => randomToken()), token]) {
      const headers = { authorization: `DPoP ${shown}`, dpop: await proof(f, stranger, { token: shown }) };
      expect(said(await f.ask("portal", "GET", "/api/me", { headers }))).toBe("401 unauthenticated");
    }
    expect(await f.world.store.db.selectFrom("used_once").selectAll().execute()).toEqual([]);
    expect(commits).toBe(limits.refusalsLoggedPerAddress);
  });

  test("is none in a cookie, and a cookie beside it does not save a bad one", async () => {
    const { f, token } = await signedIn();
    expect((await f.ask("portal", "GET", "/api/me", { as: token })).status).toBe(401);
    const cookie = await f.token("technician");
    const headers = { authorization: `DPoP ${randomToken()}` };
    expect((await f.ask("portal", "GET", "/api/me", { as: cookie, headers })).status).toBe(401);
  });
});
