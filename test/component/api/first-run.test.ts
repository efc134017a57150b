import { expect, test } from "vitest";
import { makeFirstCode } from "../../../authority/first-run.ts";
import { limits } from "../../../protocol/limits.ts";
import { beginEnrolment, keyOf } from "./enrol.ts";
import { Faces } from "./world.ts";

const asked = { name: "情報課 (IT)", login: "it@example.org" };

async function scene() {
  const f = await Faces.open();
  const code = async () => (await makeFirstCode(f.world.store, new Date(f.world.clock)))?.code ?? "";
  const begin = (body: object) => f.post<{ code: string }>("staff", "/api/first-run", body);
  const waiting = async () => (await f.ask<{ waiting: boolean }>("staff", "GET", "/api/first-run")).body.waiting;
  const enrol = async (link: string) => {
    const { ceremony, options } = await beginEnrolment(f, "staff", link);
    const response = keyOf("staff").register(options.challenge);
    return f.post("staff", "/api/enrolment/passkey", { code: link, ceremony, response, label: "key" });
  };
  return { f, code, begin, waiting, enrol };
}

test("whoever has the code from the console becomes administrator of the installation, with a passkey; then there is no code", async () => {
  const { f, code, begin, waiting, enrol } = await scene();
  expect(await waiting()).toBe(true);
  const first = await code();
  expect(first).toMatch(/^(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
  const { status, body } = await begin({ ...asked, code: ` ${first.toLowerCase()} ` });
  expect(status).toBe(201);
  // Until the passkey is made nobody administers it.
  expect(await waiting()).toBe(true);
  const { status: enrolled, body: me } = await enrol(body.code);
  expect([enrolled, me]).toEqual([
    200,
    expect.objectContaining({
      memberships: [{ site: null, vendor: null, roles: ["administrator"], until: null }],
    }),
  ]);
  expect(await waiting()).toBe(false);
  expect(await code()).toBe("");
  const again = await begin({ ...asked, login: "other@example.org", code: first });
  expect([again.status, again.body.code]).toEqual([400, "first-code-invalid"]);
  const records = (await f.world.audit()).map(({ action, outcome }) => `${String(action)} ${String(outcome)}`);
  expect(records).toEqual(
    expect.arrayContaining(["first-run.code done", "first-run.administrator done", "first-run.administrator refused"]),
  );
  expect(JSON.stringify(await f.world.audit())).not.toContain(first);
});

test("a code is good once, the newest alone, and for its time; what nobody finished is begun again under the same login", async () => {
  const { f, code, begin, enrol } = await scene();
  const older = await code();
  const newer = await code();
  const refused = async (typed: string) => (await begin({ ...asked, code: typed })).status;
  expect(await refused(older)).toBe(400);
  expect((await begin({ ...asked, code: newer })).status).toBe(201);
  expect(await refused(newer)).toBe(400);
  const late = await code();
  f.world.clock += limits.firstCodeMs;
  expect(await refused(late)).toBe(400);
  const last = await begin({ ...asked, code: await code() });
  expect((await enrol(last.body.code)).status).toBe(200);
});

test("nobody takes another's login, and guesses are counted", async () => {
  const { f, code, begin } = await scene();
  const taken = await begin({ ...asked, login: f.world.people.officer.login, code: await code() });
  expect(taken.body.code).toBe("state-conflict");
  const codes: string[] = [];
  for (let n = 0; n < limits.firstCodesPerAddress; n++)
    codes.push((await begin({ ...asked, code: "AAAA-AAAA-AAAA-AAAA" })).body.code);
  expect(codes.at(-1)).toBe("too-many");
});

test("a hospital's own people sign in as ever where nobody administers the installation and no code is out", async () => {
  const { f, code, waiting } = await scene();
  await f.world.enrol("officer");
  expect(await waiting()).toBe(false);
  await code();
  expect(await waiting()).toBe(true);
});
