import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "otplib";
import type { Static } from "typebox";
import { expect, onTestFinished, test } from "vitest";
import { joinToken } from "../../../authority/agent.ts";
import { host } from "../../../authority/caller.ts";
import { enrolmentLink } from "../../../authority/enrolment.ts";
import { checkHosts } from "../../../authority/hosts.ts";
import { openKeys } from "../../../authority/keys.ts";
import { signRequest } from "../../../crypto/access-request.ts";
import { AtRestKey } from "../../../crypto/at-rest.ts";
import { accessTokenHash, makeDpopProof } from "../../../crypto/dpop.ts";
import { exportProgramKey } from "../../../crypto/program-key.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { newId, randomToken } from "../../../crypto/random.ts";
import { signWithJwk } from "../../../crypto/statement.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import type { AccessRequest } from "../../../protocol/access-request.ts";
import type { DeviceView } from "../../../protocol/api/device.ts";
import type { Me } from "../../../protocol/api/me.ts";
import type { ProgramLog } from "../../../protocol/program-log.ts";
import { requestOf } from "../../../protocol/request-of.ts";
import { openSqlite } from "../../../store/database.ts";
import { Passkey } from "../../passkey.ts";
import { AgentEnd, assertionJson, connectGateway } from "../authority/parts.ts";
import { hosts, outcome } from "../authority/world.ts";
import { cookieOf, Faces } from "./world.ts";

const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-secrets-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};

test("no password, code, token, nonce or key stands in the log, the messages or, in the clear, the store (A17)", async () => {
  const lines: string[] = [];
  const write = (facts: object, message: string) => void lines.push(`${JSON.stringify(facts)} ${message}`);
  const log: ProgramLog = { debug: write, info: write, warn: write, error: write };
  const folder = temporary();
  const f = await Faces.open({ log, file: join(folder, "genkan.db") });
  const { world } = f;
  /** What must stand nowhere, by what it is; and what may stand in the store while it is pending. */
  const secrets = new Map<string, string>();
  const pending = new Map<string, string>();
  const keep = (name: string, value: unknown) => secrets.set(name, String(value));
  await connectGateway(world);
  const agent = await AgentEnd.connect(world, "agentA");
  await agent.hello(world);
  keep("join token", await joinToken(world.store, world.ids.siteA, new Date(world.clock), host));

  // The technician: link, password and TOTP, workstation.
  const link = await enrolmentLink(world.store, hosts, world.people.technician.login, new Date(world.clock));
  const code = new URL(link?.url ?? "").hash.slice(1);
  keep("enrolment code", code);
  const begun = await f.post<{ ceremony: string; totp: { secret: string } }>("portal", "/api/enrolment/begin", {
    code,
  });
  const { ceremony, totp } = begun.body;
  keep("TOTP secret", totp.secret);
  keep("password", "correct horse battery");
  const step = await generate({ secret: totp.secret, epoch: Math.floor(world.clock / 1000) });
  const enrolled = await f.post("portal", "/api/enrolment/password", {
    code,
    ceremony,
    password: "correct horse battery",
    totp: step,
  });
  const cookie = cookieOf(enrolled) ?? "";
  keep("portal cookie", cookie);
  const me = (await f.ask<{ enrolmentSubject: string }>("portal", "GET", "/api/me", { as: cookie })).body;
  const browser = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicJwkOf(browser.publicKey);
  const enrolment = (subject: string, key = browser.privateKey, of = jwk) =>
    signWithJwk("genkan/enrolment/v1", { origin: hosts.portal, subject, issuedAt: world.at() }, key, of);
  const proof = await enrolment(me.enrolmentSubject);
  keep("workstation proof", proof);
  await f.post("portal", "/api/workstations", { proof, label: "PC" }, { as: cookie });

  // A terminal by the device flow.
  const terminal = generateKeyPairSync("ed25519");
  const terminalJwk = publicJwkOf(terminal.publicKey);
  const form = {
    client_id: "genkan-cli",
    workstation_proof: await enrolment("device-authorization", terminal.privateKey, terminalJwk),
  };
  const device = (await f.ask<Record<string, string>>("portal", "POST", "/oauth/device_authorization", { form })).body;
  keep("device code", device.device_code);
  pending.set("user code", device.user_code ?? "");
  const confirmed = {
    userCode: device.user_code,
    verdict: "confirm",
    proof: await enrolment(`device-code:${device.user_code}`),
  };
  expect((await f.post("portal", "/api/device-codes/confirmation", confirmed, { as: cookie })).status).toBe(200);
  const dpop = (o: { htm: string; htu: string; ath?: string }) =>
    makeDpopProof(terminal.privateKey, terminalJwk, { jti: randomToken(), iat: Math.floor(world.clock / 1000), ...o });
  const poll = { grant_type: "urn:ietf:params:oauth:grant-type:device_code", client_id: "genkan-cli" };
  const issued = await f.ask("portal", "POST", "/oauth/token", {
    form: { ...poll, device_code: device.device_code ?? "" },
    headers: { dpop: await dpop({ htm: "POST", htu: `${hosts.portal}/oauth/token` }) },
  });
  const token = String(issued.body.access_token);
  keep("access token", token);
  const shown = await dpop({ htm: "GET", htu: `${hosts.portal}/api/me`, ath: accessTokenHash(token) });
  keep("DPoP proof", shown);
  const headers = { authorization: `DPoP ${token}`, dpop: shown };
  expect((await f.ask("portal", "GET", "/api/me", { headers })).status).toBe(200);
  // Refusals carry what was shown as well.
  expect((await f.ask("portal", "GET", "/api/me", { headers })).status).toBe(401);
  const wrong = { login: world.people.technician.login, password: "wrong horse battery", totp: "000000" };
  keep("wrong password", wrong.password);
  expect((await f.post("portal", "/api/sign-in/password", wrong)).status).toBe(401);

  // Request, approval, session.
  const approver = await enrolStaff(f, keep);
  const { services } = world.devices.own;
  const windows = [world.window(0, 3_600_000)];
  type Shown = Static<typeof Me>;
  const who = (await f.ask<Shown>("portal", "GET", "/api/me", { as: cookie })).body;
  const { devices } = (await f.ask<{ devices: DeviceView[] }>("portal", "GET", "/api/devices", { as: cookie })).body;
  const said = { windows, zone: "UTC", rule: "normal", reason: "r", plan: "p", workOrder: null } as const;
  const wished = requestOf(
    newId("request"),
    { me: who, keys: [jwkThumbprint(jwk)] },
    devices[0] as DeviceView,
    services,
    said,
  );
  const request = await signRequest(wished as AccessRequest, browser.privateKey, jwk);
  const asked = await f.post("portal", "/api/requests", { request }, { as: cookie });
  const url = `/api/requests/${String(asked.body.id)}/approval`;
  const as = approver.cookie;
  const begin = await f.post<{ ceremony: string; options: { challenge: string } }>(
    "staff",
    `${url}/begin`,
    { windows },
    { as },
  );
  const response = assertionJson(approver.passkey, begin.body.options.challenge);
  const approved = await f.post<{ grant: { id: string } }>(
    "staff",
    url,
    { ceremony: begin.body.ceremony, response },
    { as },
  );
  expect(approved.status).toBe(201);
  const connect = { grant: approved.body.grant.id, service: services[1], client: "native", clientKey: "A".repeat(43) };
  const session = await f.post("portal", "/api/sessions", connect, { as: cookie });
  expect(session.status).toBe(201);
  keep("proof nonce", session.body.proofNonce);
  const [order] = agent.admitted;
  keep("ticket", order?.ticket);
  for (const [n, legToken] of (order?.legTokens ?? []).entries()) keep(`leg token ${n}`, legToken);
  keep("program key", exportProgramKey(world.context.keys.programKey).split("\n")[1]);

  await world.sequencer.settle();
  const records = await world.audit();
  expect(records.length).toBeGreaterThan(15);
  const told = JSON.stringify(records) + lines.join("\n");
  const { db } = world.store;
  // Everything that the store holds, as its file has it.
  await db.destroy();
  const bytes = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name)).toString("latin1"))
    .join("\n");
  expect(bytes.length).toBeGreaterThan(50_000);
  for (const [name, secret] of [...secrets, ...pending]) {
    expect([name, secret.length > 8]).toEqual([name, true]);
    expect([name, told.includes(secret)]).toEqual([name, false]);
  }
  for (const [name, secret] of secrets) expect([name, bytes.includes(secret)]).toEqual([name, false]);
  expect(bytes).not.toContain("PRIVATE KEY");
}, 60_000);

async function enrolStaff(f: Faces, keep: (name: string, value: unknown) => void) {
  const { world } = f;
  const link = await enrolmentLink(world.store, hosts, world.people.approver.login, new Date(world.clock));
  const code = new URL(link?.url ?? "").hash.slice(1);
  const { body } = await f.post<{ ceremony: string; options: { challenge: string } }>("staff", "/api/enrolment/begin", {
    code,
  });
  const passkey = new Passkey("staff.genkan.example", hosts.staff);
  const answer = await f.post("staff", "/api/enrolment/passkey", {
    code,
    ceremony: body.ceremony,
    response: passkey.register(body.options.challenge),
    label: "key",
  });
  const cookie = cookieOf(answer) ?? "";
  keep("staff cookie", cookie);
  return { passkey, cookie };
}

test("the keys of a store open with its master key only, and are the same each time", async () => {
  const db = await openSqlite(":memory:");
  onTestFinished(() => db.destroy());
  const master = AtRestKey.parse(AtRestKey.generate());
  const first = await openKeys(db, master, "genkan/test");
  const again = await openKeys(db, master, "genkan/test");
  expect(again.programKey.pin).toBe(first.programKey.pin);
  expect(again.log.verifierKey).toBe(first.log.verifierKey);
  expect(await outcome(openKeys(db, AtRestKey.parse(AtRestKey.generate()), "genkan/test"))).toBe("internal");
  // A sealed key that was put in another's place does not open.
  const row = await db.selectFrom("setting").selectAll().where("key", "=", "key:log").executeTakeFirstOrThrow();
  await db.updateTable("setting").set({ value: row.value }).where("key", "=", "key:program").execute();
  expect(await outcome(openKeys(db, master, "genkan/test"))).toBe("internal");
});

test.each<[string, Partial<typeof hosts>]>([
  ["an access domain above the portal", { accessDomain: "genkan.example" }],
  ["an access domain below the portal", { accessDomain: "access.portal.genkan.example" }],
  ["an access domain that is the portal in another case", { accessDomain: "PORTAL.genkan.example" }],
  ["an access domain beside the portal in one registered domain", { accessDomain: "access.genkan.example" }],
  ["an access domain beside the staff host in one registered domain", { accessDomain: "a.b.genkan.example" }],
  [
    "all three under one customer's part of a public suffix of two labels",
    { portal: "https://p.klinik.co.jp", staff: "https://s.klinik.co.jp", accessDomain: "a.klinik.co.jp" },
  ],
  [
    "all three under one customer's part of a shared host",
    { portal: "https://p.us.github.io", staff: "https://s.us.github.io", accessDomain: "a.us.github.io" },
  ],
  ["an access domain that is no name", { accessDomain: "*.example" }],
  ["two faces of one name", { staff: "https://portal.genkan.example" }],
  ["a face below the other", { staff: "https://staff.portal.genkan.example" }],
  ["http, but for names under .localhost", { portal: "http://portal.genkan.example" }],
  ["an origin with a path", { portal: "https://portal.genkan.example/x" }],
  ["no origin at all", { portal: "portal" }],
])("hosts with %s are refused (A11)", (_, change) => {
  expect(() => checkHosts({ ...hosts, ...change })).toThrowError(expect.objectContaining({ code: "bad-request" }));
  expect(checkHosts(hosts)).toBe(hosts);
  const demo = {
    portal: "http://portal.localhost:8443",
    staff: "http://staff.localhost:8444",
    accessDomain: "access.localhost",
  };
  expect(checkHosts({ ...hosts, ...demo })).toMatchObject(demo);
});

test.each<[string, Partial<typeof hosts>]>([
  ["two customers of a public suffix", { portal: "https://portal.a.co.jp", accessDomain: "access.b.co.jp" }],
  ["two customers of a shared host", { portal: "https://us.github.io", accessDomain: "them.github.io" }],
  ["a public suffix as access domain, where each session is a site of its own", { accessDomain: "github.io" }],
])("hosts under %s are apart", (_, change) => {
  expect(checkHosts({ ...hosts, ...change })).toMatchObject(change);
});
