import { describe, expect, test } from "vitest";
import { enrolWorkstation } from "../../../authority/workstation.ts";
import { randomToken } from "../../../crypto/random.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { limits } from "../../../protocol/limits.ts";
import { hosts, type Name, outcome } from "../authority/world.ts";
import { bare, confirm, makeKey, proof, Terminal } from "./terminal.ts";
import { type Answer, Faces, said, shareFaces } from "./world.ts";

describe("the device flow", () => {
  let f: Faces;
  shareFaces((shared) => {
    f = shared;
  });

  test("signs a terminal in that a browser confirmed: its key joins that workstation, its token is bound to its key", async () => {
    const t = new Terminal(f, "portal");
    const begun = await t.begin();
    expect(begun.body).toMatchObject({
      user_code: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/),
      verification_uri: `${hosts.portal}/device`,
      interval: limits.deviceCodePollMs / 1000,
    });
    // A link that holds the code could be sent to somebody who has the terminal of the sender confirmed by a click.
    expect(Object.keys(begun.body).sort()).toEqual(
      ["device_code", "expires_in", "interval", "user_code", "verification_uri"].sort(),
    );
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
    const me = await f.ask<{ workstation: object; factors: string[] }>("portal", "GET", "/api/me", {
      headers: { ...bare, authorization: `DPoP ${token}`, dpop: await proof(f, t.dpop, { token }) },
    });
    expect(me.body).toMatchObject({
      workstation: { id: f.world.computers.get("technician")?.id },
      factors: ["passkey"],
    });
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

  test("is enrolled by a browser's sign-in only: a terminal's stolen token makes no computer of its own", async () => {
    const f = await Faces.open();
    const t = new Terminal(f, "portal");
    const { caller } = await f.world.signIn("technician", { dpopKey: jwkThumbprint(makeKey().jwk) });
    const thief = makeKey();
    const body = { proof: await t.enrolment(caller.signIn.id, thief), label: "PC" };
    expect(await outcome(enrolWorkstation(f.world.context, "portal", caller, body))).toBe("bad-request");
    const keys = await f.world.store.db.selectFrom("workstation_key").select("thumbprint").execute();
    expect(keys.map(({ thumbprint }) => thumbprint)).not.toContain(jwkThumbprint(thief.jwk));
  });
});
