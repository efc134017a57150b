import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "otplib";
import { expect, onTestFinished, test } from "vitest";
import { joinToken } from "../../../authority/agent.ts";
import { host } from "../../../authority/caller.ts";
import { enrolmentLink } from "../../../authority/enrolment.ts";
import { seal } from "../../../crypto/at-rest.ts";
import { exportProgramKey } from "../../../crypto/program-key.ts";
import { randomToken } from "../../../crypto/random.ts";
import { sampleDevices, samplePeople } from "../../../sample/hospital.ts";
import { asThumbprint } from "../../brand.ts";
import { hosts, World } from "../../component/authority/world.ts";
import { ServedFace } from "../face.ts";

/** Ways in which a secret might lie in a file: as it is, and as the bytes that it stands for. */
function formsOf(secret: string): Buffer[] {
  const forms = [Buffer.from(secret), Buffer.from(Buffer.from(secret).toString("base64url"))];
  return [...forms, Buffer.from(secret, "base64url"), Buffer.from(secret, "hex")].filter(({ length }) => length >= 12);
}

test("A17: in the store's files stands no key, token, password or code in the clear, and no salt stands twice", async () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-rest-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const world = await World.open({ file: join(folder, "genkan.db") });
  const { store, keys } = world.context;
  const at = new Date(world.clock);
  const portal = await ServedFace.open(world, "portal");
  const password = "correct horse battery staple";

  const link = await enrolmentLink(store, hosts, world.people.technician.login, at);
  const code = new URL(link?.url ?? "").hash.slice(1);
  type Begun = { ceremony: string; totp: { secret: string } };
  const { ceremony, totp } = (await portal.call("/api/enrolment/begin", { body: { code } })).json<Begun>();
  const proof = await generate({ secret: totp.secret, epoch: Math.floor(world.clock / 1000) });
  const body = { code, ceremony, password, totp: proof };
  const enrolled = await portal.call("/api/enrolment/password", { body });
  expect(enrolled.statusCode, enrolled.body).toBe(200);
  const cookie = /__Host-genkan=([^;]+)/.exec(String(enrolled.headers["set-cookie"]))?.[1] ?? "";
  const device = await portal.call("/oauth/device_authorization", {
    method: "POST",
    body: "client_id=genkan",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  const { token: cliToken } = await world.signIn("technician", { dpopKey: asThumbprint(randomToken()) });

  const secrets: Record<string, string> = {
    "join token": await joinToken(store, world.ids.siteA, at, host),
    "enrolment code": code,
    password,
    "authenticator app's secret": totp.secret,
    "sign-in's token": cookie,
    "command line's token": cliToken,
    "authority's key": exportProgramKey(keys.programKey).split("\n").slice(1, -2).join("\n"),
    "log's key": keys.log.privateKey.export({ type: "pkcs8", format: "der" }).toString("base64url"),
  };
  expect(device.statusCode).toBeLessThan(500);
  const files = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))] as const);
  expect(files.map(([file]) => file)).toContain("genkan.db");
  const found = Object.entries(secrets).flatMap(([name, secret]) => {
    expect([name, secret.length >= 20], "a secret worth the name").toEqual([name, true]);
    return files.flatMap(([file, bytes]) =>
      formsOf(secret).some((form) => bytes.includes(form)) ? [`${name} in ${file}`] : [],
    );
  });
  expect(found).toEqual([]);
  for (const [, bytes] of files) expect(bytes.includes("PRIVATE KEY")).toBe(false);

  const text = Buffer.concat(files.map(([, bytes]) => bytes)).toString("latin1");
  const values = new Set([...text.matchAll(/v1\.[\w-]{43}\.[\w-]{22,}/g)].map(([value]) => value));
  expect(values.size).toBeGreaterThanOrEqual(4);
  const salts = [...values].map((value) => value.split(".")[1]);
  expect(new Set(salts).size).toBe(salts.length);
  expect(seal(keys.data, "p", "x")).not.toBe(seal(keys.data, "p", "x"));
});

test("A17: nobody comes with an authenticator: an account begins with its one-time link, the samples too", async () => {
  const world = await World.open();
  expect(await world.store.db.selectFrom("authenticator").select("id").execute()).toEqual([]);
  expect(await world.store.db.selectFrom("sign_in").select("id").execute()).toEqual([]);
  expect(JSON.stringify([samplePeople, sampleDevices])).not.toMatch(/password|secret|token|key"\s*:\s*"-----/i);
  const empty = await World.open({ empty: true });
  expect(await empty.store.db.selectFrom("person").select("id").execute()).toEqual([]);
});
