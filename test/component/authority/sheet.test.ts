import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { addDevice } from "../../../authority/device.ts";
import { exportDevices, importDevices } from "../../../authority/device-sheet.ts";
import { addPerson } from "../../../authority/invitation.ts";
import { lock } from "../../../authority/lock.ts";
import { exportPeople, importPeople } from "../../../authority/person-sheet.ts";
import { limits } from "../../../protocol/limits.ts";
import { serviceProtocols, tlsExceptions, ways } from "../../../protocol/service.ts";
import { listAccounts } from "../../../store/account.ts";
import { listDeviceRecords } from "../../../store/device-record.ts";
import { ready, system } from "./ready.ts";
import { hour, outcome, World } from "./world.ts";

type Import = typeof importDevices | typeof importPeople;

async function taken(
  world: World,
  what: Import,
  text: string | Uint8Array,
  o: { dryRun?: true; by?: "administrator" } = {},
) {
  const file = typeof text === "string" ? Buffer.from(text) : text;
  const by = o.by ? await world.caller(o.by) : host;
  return what(world.store, { file, dryRun: o.dryRun === true }, new Date(world.clock), by);
}

const fatesOf = ({ lines }: Awaited<ReturnType<typeof taken>>) =>
  lines.map(({ line, fate, refusal }) =>
    [line, fate, refusal?.code, refusal?.fault, refusal?.column]
      .filter((part) => part !== undefined && part !== null)
      .join(" "),
  );

const records = async (world: World, pattern: RegExp) =>
  (await world.audit()).filter(({ action }) => pattern.test(action)).map(({ action, outcome: o }) => `${action} ${o}`);

const devices = (world: World) => listDeviceRecords(world.store.db, system);

/** Words as a store may hold them, with what spreadsheets and CSV read as something else. */
const odd = ["=", "+", "-", "@", "'", '"', ",", ";", "\\", ":", " ", "＝", "＠", "玄", "é", "1", "a"];
const words = (most: number, more: readonly string[] = []) =>
  fc
    .array(fc.constantFrom(...odd, ...more), { minLength: 1, maxLength: most })
    .map((chars) => chars.join(""))
    .filter((text) => /^[^\s]/u.test(text));
const instant = fc
  .integer({ min: Date.parse("2026-01-01T00:00Z") / 1_000, max: Date.parse("2030-01-01T00:00Z") / 1_000 })
  .chain((seconds) => fc.constantFrom(seconds * 1_000, Math.floor(seconds / 86_400) * 86_400_000 + 15 * hour));
const service = fc
  .record({
    name: words(12),
    protocol: fc.constantFrom(...serviceProtocols),
    address: fc.constantFrom("10.1.2.3", "fd00::5", "::1"),
    port: fc.integer({ min: 1, max: 65_535 }),
    tls: fc.uniqueArray(fc.constantFrom(...tlsExceptions), { maxLength: 2 }),
  })
  .map(({ tls, ...one }) => ({ ...one, ...(tls.length > 0 && ways[one.protocol].tls ? { tls } : {}) }));

describe("a file of devices", () => {
  test("that was exported says nothing new when it is imported, whatever the devices are called", async () => {
    const world = await World.open();
    const term = fc.tuple(instant, instant).map(([one, other]) => ({
      starts: new Date(Math.min(one, other)),
      ends: new Date(Math.max(one, other) + 1_000),
    }));
    const said = fc.record({
      name: words(20),
      model: fc.oneof(fc.constant(""), words(10)),
      tags: fc.uniqueArray(words(8), { maxLength: 4 }),
      location: fc.option(words(10)),
      owner: fc.option(words(10)),
      notes: fc.option(words(30, ["\n", "\t"])),
      services: fc.array(service, { maxLength: 3 }),
      contract: fc.option(term),
      agent: fc.constantFrom("agentA" as const, "agentB" as const),
      vendor: fc.constantFrom("vendorA" as const, "vendorB" as const),
    });
    await fc.assert(
      fc.asyncProperty(said, async ({ agent, vendor, ...one }) => {
        const at = new Date(world.clock);
        await addDevice(world.store, { ...one, agent: world.ids[agent], vendor: world.ids[vendor] }, at, host);
        const before = await devices(world);
        const { kept, lines } = await taken(world, importDevices, await exportDevices(world.store, at, host));
        expect(lines.filter(({ fate }) => fate !== "unchanged")).toEqual([]);
        expect([kept, lines.length]).toEqual([true, before.length]);
        expect(await devices(world)).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  test("is given out with no cell that a spreadsheet would take for a formula", async () => {
    const world = await World.open();
    const at = new Date(world.clock);
    const evil = ["=cmd|'/C calc'!A0", "+1", "-1", "@SUM(A1)", "＝1+1", "'=1"];
    for (const name of evil)
      await addDevice(
        world.store,
        { name, agent: world.ids.agentA, vendor: world.ids.vendorA, services: [], contract: null },
        at,
        host,
      );
    const cells = parse((await exportDevices(world.store, at, host)).slice(1)).flat();
    expect(cells.filter((cell) => /^[=+\-@＝＋－＠\t\r]/.test(cell))).toEqual([]);
    expect(evil.map((name) => `'${name}`).filter((name) => !cells.includes(name))).toEqual([]);
  });

  test("adds and changes what it says, each with a record of its own, and then nothing more", async () => {
    const world = await World.open();
    const text = [
      "name,agent,vendor,location,tags,services,contract_starts,contract_ends,notes",
      'CT,agentA,Vendor A,2F,"放射線; night",pages:https+self-signed:10.1.2.9:443,2026/4/1,2027/3/31,\'=1+1',
      "MRI,agentA,Vendor A,3F,,pages:http:10.1.2.3:8080,,,",
    ].join("\r\n");
    const dry = await taken(world, importDevices, text, { dryRun: true, by: "administrator" });
    expect(fatesOf(dry)).toEqual(["2 added", "3 changed"]);
    expect(dry.kept).toBe(false);
    expect(await records(world, /import|device\.change|service\.change/)).toEqual([]);
    const real = await taken(world, importDevices, text, { by: "administrator" });
    expect(real).toEqual({ ...dry, kept: true });
    expect(await records(world, /import|device\.change|service\.change/)).toEqual([
      "device.change done",
      "service.change done",
      "device.import done",
    ]);
    expect((await devices(world)).find(({ name }) => name === "CT")).toMatchObject({
      location: "2F",
      tags: ["放射線", "night"],
      notes: "=1+1",
      services: [{ name: "pages", protocol: "https", address: "10.1.2.9", port: 443, tls: ["self-signed"] }],
      contracts: [{ starts: "2026-03-31T15:00:00.000Z", ends: "2027-03-31T15:00:00.000Z" }],
    });
    expect(fatesOf(await taken(world, importDevices, text))).toEqual(["2 unchanged", "3 unchanged"]);
    const renewed = text.replace("2026/4/1,2027/3/31", "2027-04-01,2028-03-31");
    expect(fatesOf(await taken(world, importDevices, renewed))).toEqual(["2 changed", "3 unchanged"]);
    expect((await devices(world)).find(({ name }) => name === "CT")?.contracts).toHaveLength(2);
  });

  test("of which one line is refused keeps none, and says why of each, in a dry run as otherwise", async () => {
    const { world } = await ready();
    const before = await devices(world);
    const [own] = before.filter(({ name }) => name === "MRI");
    const text = [
      "id,name,agent,vendor,services,site,notes,contract_starts,contract_ends",
      ",CT,agentA,Vendor A,,,,,",
      ",CT,agentA,Vendor A,,,,,",
      ",,agentA,Vendor A,,,,,",
      ",X-ray,agentC,Vendor A,,,,,",
      ",X-ray,agentB,Vendor A,,Hospital A,,,",
      `${own?.id},MRI,agentB,Vendor A,,,,,`,
      `${own?.id},MRI,agentA,Vendor B,,,,,`,
      ",X-ray,agentA,Vendor A,shell:telnet:10.1.2.3:23,,,,",
      ',"two\nlines",agentA,Vendor A,,,,,',
      ",X-ray,agentA,Vendor A,,,,2026-04-01,",
      ",X-ray,agentA,Vendor A,,,,2026-04-01T10:00,2026-04-02",
      ",X-ray,agentA,Vendor A,,,,2026-02-30,2026-04-02",
      ",X-ray,agentA,Vendor A,,,,,,more",
      ",X-ray,agentA,Vendor A,s:tcp+old-tls:10.1.2.3:23,,,,",
      ",X-ray,agentA,Vendor A,s:tcp:10.1.2:23,,,,",
    ].join("\n");
    const expected = [
      "2 added",
      "3 refused bad-request line-twice",
      "4 refused bad-request cell-missing name",
      "5 refused not-found name-unknown agent",
      "6 refused not-found name-unknown agent",
      "7 refused bad-request place-differs agent",
      "8 refused state-conflict grant-open",
      "9 refused bad-request cell-malformed services",
      "10 refused bad-request cell-malformed name",
      "12 refused bad-request cell-missing contract_ends",
      "13 refused bad-request time-without-zone contract_starts",
      "14 refused bad-request cell-malformed contract_starts",
      "15 refused bad-request cells-too-many",
      "16 refused bad-request act-refused",
      "17 refused bad-request cell-malformed services",
    ];
    const dry = await taken(world, importDevices, text, { dryRun: true });
    expect(fatesOf(dry)).toEqual(expected);
    expect(await taken(world, importDevices, text)).toEqual(dry);
    expect(await devices(world)).toEqual(before);
    expect(await records(world, /import/)).toEqual(["device.import refused"]);
  });

  test.each([
    [
      "in the encoding of a Japanese Excel",
      Buffer.from("6e616d652c6167656e742c76656e646f720d0a8ef1897490ed2c6167656e74412c56656e646f7220410d0a", "hex"),
      ["2 added"],
    ],
    ["in UTF-16", Buffer.from("\ufeffname,agent,vendor\n", "utf16le"), ["1 refused bad-request encoding-unknown"]],
    [
      "with a quotation mark that is not closed",
      'name,agent,vendor\n"CT,agentA,Vendor A\n',
      ["2 refused bad-request csv-malformed"],
    ],
    ["that is empty", "", ["1 refused bad-request column-missing name"]],
    ["without a column that is needed", "name,agent\nCT,agentA\n", ["1 refused bad-request column-missing vendor"]],
    ["with a column that there is not", "name,agent,vendor,colour\n", ["1 refused bad-request column-unknown"]],
    ["with a column twice", "name,agent,vendor,name\n", ["1 refused bad-request column-twice name"]],
    ["with lines that are empty", "name,agent,vendor\n\n,,\nCT,agentA,Vendor A\n", ["4 added"]],
    [
      "with too many lines",
      `name,agent,vendor\n${"CT,agentA,Vendor A\n".repeat(limits.sheetLines + 1)}`,
      ["1 refused too-many lines-too-many"],
    ],
  ])("%s", async (_what, file, fates) => {
    const world = await World.open();
    expect(fatesOf(await taken(world, importDevices, file, { dryRun: true }))).toEqual(fates);
  });

  test("says nothing of another hospital's agents and devices, as of none", async () => {
    const world = await World.open();
    const id = world.devices.elsewhere.id;
    const text = `id,name,agent,vendor\n,CT,agentB,Vendor B\n,CT,${world.ids.agentB},Vendor B\n${id},Scanner,agentA,Vendor B\n`;
    expect(fatesOf(await taken(world, importDevices, text, { by: "administrator" }))).toEqual([
      "2 refused not-found name-unknown agent",
      "3 refused not-found name-unknown agent",
      "4 refused not-found name-unknown id",
    ]);
    const seen = await exportDevices(world.store, new Date(world.clock), await world.caller("administrator"));
    expect(seen).not.toMatch(/Scanner|agentB|Hospital B/);
  });

  test("is taken from nobody who is locked", async () => {
    const world = await World.open();
    const administrator = await world.caller("administrator");
    const of = { kind: "person" as const, target: administrator.person.id, reason: "lost" };
    await lock(world.context, world.leases, await world.caller("officer"), of);
    const file = Buffer.from("name,agent,vendor\nCT,agentA,Vendor A\n");
    for (const dryRun of [true, false])
      expect(await outcome(importDevices(world.store, { file, dryRun }, new Date(world.clock), administrator))).toBe(
        "denied locked",
      );
  });
});

describe("a file of people", () => {
  test("that was exported says nothing new when it is imported", async () => {
    const world = await World.open();
    const at = new Date(world.clock);
    const row = fc.record({ name: words(20), login: words(20), roles: fc.constant(["approver"] as const) });
    await fc.assert(
      fc.asyncProperty(row, async (one) => {
        const place = { site: world.ids.siteA, vendor: null };
        await outcome(addPerson(world.store, { ...one, ...place }, at));
        const text = await exportPeople(world.store, at, host);
        const { lines } = await taken(world, importPeople, text);
        expect(lines.filter(({ fate }) => fate !== "unchanged")).toEqual([]);
        expect(lines.length).toBeGreaterThan(18);
      }),
      { numRuns: 40 },
    );
    const seen = await exportPeople(world.store, at, await world.caller("administrator"));
    expect(
      fatesOf(await taken(world, importPeople, seen, { by: "administrator" })).every((fate) =>
        fate.endsWith(" unchanged"),
      ),
    ).toBe(true);
    expect(seen).not.toMatch(/Hospital B|technician|owner/);
  });

  test("adds people, says what they are where, and refuses by the line", async () => {
    const world = await World.open();
    const text = [
      "login,name,site,vendor,roles,until",
      "new@example.org,新人,Hospital A,,approver; auditor,2027-03-31",
      "approver@example.org,approver,Hospital A,,officer,",
      "auditor@example.org,auditor,Hospital A,,auditor,",
    ].join("\n");
    const dry = await taken(world, importPeople, text, { dryRun: true, by: "administrator" });
    expect(fatesOf(dry)).toEqual(["2 added", "3 changed", "4 unchanged"]);
    expect(await taken(world, importPeople, text, { by: "administrator" })).toEqual({ ...dry, kept: true });
    const people = await listAccounts(world.store.db, system, new Date(world.clock));
    expect(people.find(({ login }) => login === "new@example.org")).toMatchObject({
      name: "新人",
      state: "invited",
      link: null,
      memberships: [{ roles: ["approver", "auditor"], until: "2027-03-31T15:00:00.000Z" }],
    });
    const bad = [
      "login,name,site,vendor,roles,until",
      "technician@example.org,technician,Hospital A,,approver,",
      "new@example.org,someone else,Hospital A,,approver,",
      "administrator@example.org,administrator,Hospital A,,auditor,",
      "a@example.org,a,Hospital B,,approver,",
      "a@example.org,a,,Vendor A,technician,",
      "a@example.org,a,*,,administrator,",
      "a@example.org,a,Hospital A,,technician,",
      "a@example.org,a,,,approver,",
      "a@example.org,a,Hospital A,Vendor A,approver,",
      "a@example.org,a,Hospital A,,,",
      "a@example.org,a,Hospital A,,approver,tomorrow",
    ].join("\n");
    const refused = await taken(world, importPeople, bad, { by: "administrator" });
    expect(fatesOf(refused)).toEqual([
      "2 refused state-conflict login-taken login",
      "3 refused state-conflict person-name-differs name",
      "4 refused denied not-oneself",
      "5 refused not-found name-unknown site",
      "6 refused not-found name-unknown vendor",
      "7 refused not-found name-unknown site",
      "8 refused bad-request cell-malformed roles",
      "9 refused bad-request cell-missing site",
      "10 refused bad-request cell-malformed vendor",
      "11 refused bad-request cell-missing roles",
      "12 refused bad-request cell-malformed until",
    ]);
    expect(refused.kept).toBe(false);
  });
});
