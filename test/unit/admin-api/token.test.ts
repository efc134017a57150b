import { describe, expect, test } from "vitest";
import { faceOrigin } from "../../../authority/settings.ts";
import { accessTokenHash, makeDpopProof } from "../../../crypto/dpop.ts";
import { generateKeyPairSync, type KeyObject } from "../../../crypto/key.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { randomToken } from "../../../crypto/random.ts";
import { signWithJwk } from "../../../crypto/statement.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Face } from "../../../protocol/person.ts";
import type { PublicJwk } from "../../../protocol/schema.ts";
import { hosts, type Name } from "../authority/world.ts";
import { type Answer, Faces, said, shareFaces } from "./world.ts";

interface Key {
  readonly privateKey: KeyObject;
  readonly jwk: PublicJwk;
}

function makeKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { privateKey, jwk: publicJwkOf(publicKey) };
}

const seconds = (ms: number) => Math.floor(ms / 1000);

/** A DPoP proof for a request to a face; every part can be another. */
function proof(
  f: Faces,
  key: Key,
  o: { htm?: string; htu?: string; token?: string; ath?: string; jti?: string; iat?: number },
) {
  return makeDpopProof(key.privateKey, key.jwk, {
    htm: o.htm ?? "GET",
    htu: o.htu ?? `${hosts.portal}/api/me`,
    jti: o.jti ?? randomToken(),
    iat: o.iat ?? seconds(f.world.clock),
    ...(o.ath !== undefined ? { ath: o.ath } : o.token === undefined ? {} : { ath: accessTokenHash(o.token) }),
  });
}

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

  test("is none in a cookie, and a cookie beside it does not save a bad one", async () => {
    const { f, token } = await signedIn();
    expect((await f.ask("portal", "GET", "/api/me", { as: token })).status).toBe(401);
    const cookie = await f.token("technician");
    const headers = { authorization: `DPoP ${randomToken()}` };
    expect((await f.ask("portal", "GET", "/api/me", { as: cookie, headers })).status).toBe(401);
  });
});

/** A terminal that signs in by the device flow (RFC 8628). */
class Terminal {
  readonly f: Faces;
  readonly face: Face;
  readonly workstation = makeKey();
  readonly dpop = makeKey();
  deviceCode = "";
  userCode = "";

  constructor(f: Faces, face: Face) {
    this.f = f;
    this.face = face;
  }

  async begin(o: { proof?: string } = {}): Promise<Answer> {
    const form: Record<string, string> = { client_id: "genkan-cli", workstation_label: "terminal" };
    if (this.face === "portal")
      form.workstation_proof = o.proof ?? (await this.enrolment("device-authorization", this.workstation));
    const answer = await this.f.ask(this.face, "POST", "/oauth/device_authorization", { form, headers: bare });
    const { device_code: device = "", user_code: user = "" } = answer.body as Record<string, string>;
    [this.deviceCode, this.userCode] = [device, user];
    return answer;
  }

  enrolment(subject: string, key: Key, origin = faceOrigin(hosts, this.face), ms = 0): Promise<string> {
    const issuedAt = this.f.world.at(ms);
    return signWithJwk("genkan/enrolment/v1", { origin, subject, issuedAt }, key.privateKey, key.jwk);
  }

  /** Asks for the token; `null` for no proof. */
  async poll(key: Key | null = this.dpop, deviceCode = this.deviceCode): Promise<Answer> {
    const grant = "urn:ietf:params:oauth:grant-type:device_code";
    const form = { grant_type: grant, device_code: deviceCode, client_id: "genkan-cli" };
    const htu = `${faceOrigin(hosts, this.face)}/oauth/token`;
    const headers = key === null ? bare : { ...bare, dpop: await proof(this.f, key, { htm: "POST", htu }) };
    return this.f.ask(this.face, "POST", "/oauth/token", { form, headers });
  }
}

/** No browser sends this. */
const bare = { origin: null, "sec-fetch-site": null };

/** A person confirms in a browser whose workstation key signs, as the page does. */
async function confirm(
  t: Terminal,
  name: Name,
  o: { verdict?: string; proof?: string | null; as?: string; userCode?: string } = {},
) {
  const { f } = t;
  const as = o.as ?? (await f.token(name));
  const computer = f.world.computers.get(name);
  const userCode = o.userCode ?? t.userCode;
  const signed = computer && t.face === "portal" ? await t.enrolment(`device-code:${userCode}`, computer) : null;
  const body = { userCode, verdict: o.verdict ?? "confirm", proof: o.proof === undefined ? signed : o.proof };
  return f.post(t.face, "/api/device-codes/confirmation", body, { as });
}

describe("the device flow", () => {
  let f: Faces;
  shareFaces((shared) => {
    f = shared;
  });

  test("signs a terminal in that a browser confirmed: its key joins that workstation, its token is bound to its key", async () => {
    const t = new Terminal(f, "portal");
    expect((await t.begin()).body).toMatchObject({
      user_code: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/),
      verification_uri: `${hosts.portal}/device`,
      interval: limits.deviceCodePollMs / 1000,
    });
    const as = await f.token("technician");
    const lookup = (userCode: string) => f.post("portal", "/api/device-codes/lookup", { userCode }, { as });
    expect((await lookup(t.userCode)).body).toMatchObject({ label: "terminal", userCode: t.userCode });
    expect((await lookup(t.userCode.toLowerCase().replace("-", ""))).status).toBe(200);
    expect(said(await lookup("AAAA-AAAA"))).toBe("404 not-found");
    expect(said(await t.poll())).toBe("400 authorization_pending");
    expect(said(await confirm(t, "technician", { as }))).toBe("200");
    f.world.clock += limits.deviceCodePollMs;
    const { status, body } = await t.poll();
    expect([status, body.token_type]).toEqual([200, "DPoP"]);
    const token = String(body.access_token);
    const me = await f.ask<{ workstation: string; factors: string[] }>("portal", "GET", "/api/me", {
      headers: { ...bare, authorization: `DPoP ${token}`, dpop: await proof(f, t.dpop, { token }) },
    });
    expect(me.body).toMatchObject({ workstation: f.world.computers.get("technician")?.id, factors: ["passkey"] });
    const keys = await f.world.store.db.selectFrom("workstation_key").select(["kind", "thumbprint"]).execute();
    expect(keys).toContainEqual({ kind: "cli", thumbprint: jwkThumbprint(t.workstation.jwk) });
    // Used once; and its code is not confirmed again.
    f.world.clock += limits.deviceCodePollMs;
    expect(said(await t.poll())).toBe("400 invalid_grant");
    expect(said(await confirm(t, "technician", { as }))).toBe("404 not-found");
  });

  test("raises the epoch when a key joins a workstation: a fact of decisions has changed", async () => {
    const t = new Terminal(f, "portal");
    await t.begin();
    const epoch = async () =>
      Number((await f.world.store.db.selectFrom("epoch").select("value").executeTakeFirstOrThrow()).value);
    const before = await epoch();
    await confirm(t, "technician");
    expect(await epoch()).toBe(before + 1);
  });

  test.each<[string, string, (t: Terminal, name: Name) => Promise<Answer>]>([
    ["without the browser's own signature", "403 denied", (t, name) => confirm(t, name, { proof: null })],
    [
      "with the signature of another key",
      "403 proof-invalid",
      async (t, name) => confirm(t, name, { proof: await t.enrolment(`device-code:${t.userCode}`, makeKey()) }),
    ],
    [
      "with the signature of the terminal's own key",
      "403 proof-invalid",
      async (t, name) => confirm(t, name, { proof: await t.enrolment(`device-code:${t.userCode}`, t.workstation) }),
    ],
    [
      "with a signature for another code",
      "403 proof-invalid",
      async (t, name) =>
        confirm(t, name, { proof: await t.enrolment("device-code:AAAA-AAAA", await t.f.world.equip(name)) }),
    ],
    [
      "with a signature for another origin",
      "403 proof-invalid",
      async (t, name) =>
        confirm(t, name, {
          proof: await t.enrolment(`device-code:${t.userCode}`, await t.f.world.equip(name), hosts.staff),
        }),
    ],
    [
      "with a signature from long ago",
      "403 proof-invalid",
      async (t, name) => {
        const computer = await t.f.world.equip(name);
        const proof = await t.enrolment(`device-code:${t.userCode}`, computer, hosts.portal, -limits.ceremonyMs - 1);
        return confirm(t, name, { proof });
      },
    ],
    [
      "with a colleague's browser",
      "403 proof-invalid",
      async (t, name) =>
        confirm(t, name, { proof: await t.enrolment(`device-code:${t.userCode}`, await t.f.world.equip("colleague")) }),
    ],
    ["by a person without a workstation", "403 denied", (t) => confirm(t, "chief")],
    ["by nobody", "401 unauthenticated", (t) => confirm(t, "technician", { as: "" })],
    ["of another code", "404 not-found", (t, name) => confirm(t, name, { userCode: "AAAA-AAAA" })],
    [
      "from a terminal",
      "403 denied",
      async (t) => {
        const key = makeKey();
        const { token } = await t.f.world.signIn("technician", { dpopKey: jwkThumbprint(key.jwk) });
        const htu = `${hosts.portal}/api/device-codes/confirmation`;
        const dpop = await proof(t.f, key, { htm: "POST", htu, token });
        const signed = await t.enrolment(`device-code:${t.userCode}`, await t.f.world.equip("technician"));
        const body = { userCode: t.userCode, verdict: "confirm", proof: signed };
        const headers = { ...bare, authorization: `DPoP ${token}`, dpop };
        return t.f.post("portal", "/api/device-codes/confirmation", body, { headers });
      },
    ],
  ])("is not confirmed %s: %s", async (_, code, act) => {
    const t = new Terminal(f, "portal");
    await t.begin();
    await f.world.equip("technician");
    expect(said(await act(t, "technician"))).toBe(code);
    expect(said(await t.poll())).toBe("400 authorization_pending");
    const thumbprint = jwkThumbprint(t.workstation.jwk);
    const keys = f.world.store.db.selectFrom("workstation_key").where("thumbprint", "=", thumbprint);
    expect(await keys.select("id").execute()).toEqual([]);
  });

  test("gives a terminal that was refused, is too old, too eager or without proof no token", async () => {
    const refused = new Terminal(f, "portal");
    await refused.begin();
    expect(said(await confirm(refused, "technician", { verdict: "refuse", proof: null }))).toBe("200");
    expect(said(await refused.poll())).toBe("400 access_denied");

    const t = new Terminal(f, "portal");
    await t.begin();
    expect(said(await t.poll(null))).toBe("400 invalid_dpop_proof");
    expect(said(await t.poll(t.dpop, randomToken()))).toBe("400 invalid_grant");
    expect(said(await t.poll())).toBe("400 authorization_pending");
    expect(said(await t.poll())).toBe("400 slow_down");
    await confirm(t, "technician");
    // Even then: it is told to wait, and keeps its code.
    expect(said(await t.poll())).toBe("400 slow_down");
    f.world.clock += limits.deviceCodeMs;
    expect(said(await t.poll())).toBe("400 expired_token");
  });

  test("gives one token, however many ask for it at once", async () => {
    const t = new Terminal(f, "staff");
    await t.begin();
    expect(said(await confirm(t, "officer"))).toBe("200");
    const all = await Promise.all(Array.from({ length: 4 }, () => t.poll()));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test("is begun on the portal by a terminal that holds its key, and on the staff host by one that brings none", async () => {
    const portal = new Terminal(f, "portal");
    for (const form of [
      { client_id: "genkan-cli" },
      { client_id: "another" },
      {
        client_id: "genkan-cli",
        workstation_proof: await portal.enrolment("device-authorization", portal.workstation, hosts.staff),
      },
      {
        client_id: "genkan-cli",
        workstation_proof: await portal.enrolment("device-code:AAAA-AAAA", portal.workstation),
      },
    ] as Record<string, string>[])
      expect(said(await f.ask("portal", "POST", "/oauth/device_authorization", { form, headers: bare }))).toBe(
        "400 invalid_request",
      );
    const staff = new Terminal(f, "staff");
    const form = {
      client_id: "genkan-cli",
      workstation_proof: await staff.enrolment("device-authorization", staff.workstation),
    };
    expect(said(await f.ask("staff", "POST", "/oauth/device_authorization", { form, headers: bare }))).toBe(
      "400 invalid_request",
    );
    expect((await staff.begin()).status).toBe(200);
    expect((await portal.begin()).status).toBe(200);
    // A code of one face is unknown on the other.
    expect(said(await confirm(staff, "technician", { userCode: portal.userCode, as: await f.token("officer") }))).toBe(
      "404 not-found",
    );
    const other = new Terminal(f, "staff");
    expect(said(await other.poll(other.dpop, portal.deviceCode))).toBe("400 invalid_grant");
  });

  test("of a key that is another person's joins nothing", async () => {
    const first = new Terminal(f, "portal");
    await first.begin();
    expect(said(await confirm(first, "technician"))).toBe("200");
    const second = new Terminal(f, "portal");
    await second.begin({ proof: await second.enrolment("device-authorization", first.workstation) });
    expect(said(await confirm(second, "colleague"))).toBe("403 proof-invalid");
    expect(said(await second.poll())).toBe("400 authorization_pending");
  });
});

describe("a browser's key", () => {
  test("makes a workstation once, for the person who shows it, in this very sign-in", async () => {
    const f = await Faces.open();
    const t = new Terminal(f, "portal");
    const key = makeKey();
    const first = await f.world.signIn("technician");
    const other = await f.world.signIn("colleague");
    const enrol = async (of: typeof first, subject = of.caller.signIn.id) =>
      f.post("portal", "/api/workstations", { proof: await t.enrolment(subject, key), label: "PC" }, { as: of.token });
    expect(said(await enrol(first, other.caller.signIn.id))).toBe("403 proof-invalid");
    const answer = await enrol(first);
    expect(answer.status).toBe(200);
    expect((await enrol(first)).body).toEqual(answer.body);
    expect(said(await enrol(other))).toBe("403 proof-invalid");
    const again = await f.world.signIn("technician");
    expect((await enrol(again)).body).toEqual(answer.body);
  });
});
