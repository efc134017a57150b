import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  contractAdd,
  contractEdit,
  contractEnd,
  deviceAdd,
  deviceEdit,
  serviceAdd,
  serviceEdit,
} from "../../../cli/device.ts";
import { addKept, agentToken, changeKept, keptList, keptTurn } from "../../../cli/register.ts";
import { sheetExport, sheetImport } from "../../../cli/sheet.ts";
import type { DeviceRecord } from "../../../protocol/api/device-record.ts";
import { limits } from "../../../protocol/limits.ts";
import { idOf } from "./facts.ts";
import { commandLine, StandIn } from "./stand-in.ts";

let server: StandIn;
let line: ReturnType<typeof commandLine>;
beforeEach(async () => {
  server = await new StandIn().listen();
  line = commandLine({ json: true });
  line.signIn(server.origin, "staff");
  server.answers["GET /api/register/devices"] = { devices: [device] };
  server.answers["GET /api/agents"] = { agents: [agent], gateways: [] };
  server.answers["GET /api/vendor-files"] = { vendors: [vendor] };
  server.answers["GET /api/sites"] = { sites: [site] };
  server.answers["GET /api/gateways"] = { gateways: [gateway] };
});
afterEach(() => {
  server.close();
  line.remove();
});

const site = { id: idOf("site"), name: "中央病院 (Central)", zone: "Asia/Tokyo", contact: null, active: true };
const agent = {
  id: idOf("agent"),
  name: "放射線科",
  site: { id: site.id, name: site.name },
  key: "A".repeat(43),
  connected: true,
  active: true,
  lastSeenAt: null,
  recorderReady: true,
  clockSkewMs: null,
  report: null,
  trust: null,
};
const gateway = {
  id: idOf("gateway"),
  name: "g1",
  host: "g.example",
  port: 443,
  key: "A".repeat(43),
  active: true,
  connected: true,
};
const vendor = {
  id: idOf("vendor"),
  name: "Acme",
  contact: null,
  mailDomains: [],
  active: true,
  sites: [],
  contracts: [],
  dossier: [],
  own: true,
  subcontractors: [],
  subcontractorOf: [],
  erasures: [],
};
const device: DeviceRecord = {
  id: idOf("device"),
  name: "MRI",
  model: "M-1",
  vendor: { id: vendor.id, name: vendor.name },
  agent: { id: agent.id, name: agent.name, connected: true },
  tags: ["2F"],
  location: "2F",
  owner: null,
  notes: null,
  site: agent.site,
  zone: "Asia/Tokyo",
  active: true,
  lastUsedAt: null,
  services: [{ id: idOf("service"), name: "shell", protocol: "ssh", address: "10.1.2.3", port: 22, active: true }],
  contracts: [
    {
      id: idOf("contract"),
      vendor: { id: vendor.id, name: vendor.name },
      starts: "2026-03-31T15:00:00.000Z",
      ends: "2027-03-31T15:00:00.000Z",
    },
  ],
};

/** What was sent there, once. */
function sent(path: string): unknown {
  const [only, other] = server.asked.filter((asked) => asked.method === "POST" && asked.path === path);
  expect(other).toBeUndefined();
  return JSON.parse(only?.body ?? "null");
}
const ok = (path: string) => {
  server.answers[`POST ${path}`] = {};
};

describe("an administrator at a terminal", () => {
  test("lists what is kept of each kind", async () => {
    for (const kind of ["site", "device", "agent", "gateway"] as const) expect(await keptList(line.cli, kind)).toBe(0);
    expect(line.objects().map((one) => Object.keys(one))).toEqual([["sites"], ["devices"], ["agents"], ["gateways"]]);
  });

  test("disables and enables what a short name means", async () => {
    const ways = { site: "中央", device: "mri", agent: "放射", gateway: "g1", vendor: "acme" } as const;
    const at = { site: "sites", device: "devices", agent: "agents", gateway: "gateways", vendor: "vendors" } as const;
    const ids = { site: site.id, device: device.id, agent: agent.id, gateway: gateway.id, vendor: vendor.id };
    for (const kind of ["site", "device", "agent", "gateway", "vendor"] as const) {
      const path = `/api/${at[kind]}/${ids[kind]}/enable`;
      ok(path);
      expect(await keptTurn(line.cli, kind, ways[kind], "enable")).toBe(0);
      expect(sent(path)).toEqual({});
    }
  });

  test("adds a device and says it anew, where what is left out stays", async () => {
    server.answers["POST /api/devices"] = () => {
      const added = { ...device, id: idOf("device", 2), name: "CT" };
      server.answers["GET /api/register/devices"] = { devices: [device, added] };
      return {};
    };
    expect(await deviceAdd(line.cli, "CT", { agent: "放射", vendor: "acme", tags: "2F, night" })).toBe(0);
    const none = { model: "", location: null, owner: null, notes: null };
    expect(sent("/api/devices")).toEqual({
      name: "CT",
      vendor: vendor.id,
      agent: agent.id,
      tags: ["2F", "night"],
      ...none,
    });
    ok(`/api/devices/${device.id}`);
    expect(await deviceEdit(line.cli, "mri", { location: "", owner: "山田" })).toBe(0);
    const { name, model, tags } = device;
    expect(sent(`/api/devices/${device.id}`)).toEqual({
      name,
      model,
      tags,
      vendor: vendor.id,
      agent: agent.id,
      location: null,
      owner: "山田",
      notes: null,
    });
  });

  test("adds and changes a service, and is told how one is written", async () => {
    ok("/api/services");
    expect(await serviceAdd(line.cli, "mri", "page:https+self-signed:[fd00::7]:443")).toBe(0);
    const page = { name: "page", protocol: "https", tls: ["self-signed"], address: "fd00::7", port: 443 };
    expect(sent("/api/services")).toEqual({ device: device.id, ...page });
    ok(`/api/services/${device.services[0]?.id}`);
    expect(await serviceEdit(line.cli, "mri", "ssh", "shell:ssh:10.1.2.4:22")).toBe(0);
    expect(sent(`/api/services/${device.services[0]?.id}`)).toMatchObject({ address: "10.1.2.4" });
    await expect(serviceAdd(line.cli, "mri", "10.1.2.3:22")).rejects.toMatchObject({ key: "service-malformed" });
  });

  test("says a contract by days of the device's zone, with all of the last one", async () => {
    ok("/api/contracts");
    expect(await contractAdd(line.cli, "mri", { from: "2027-04-01", until: "2028-03-31" })).toBe(0);
    const term = { starts: "2027-03-31T15:00:00.000Z", ends: "2028-03-31T15:00:00.000Z" };
    expect(sent("/api/contracts")).toEqual({ device: device.id, vendor: vendor.id, ...term });
    const [{ id, starts } = { id: "", starts: "" }] = device.contracts;
    ok(`/api/contracts/${id}`);
    expect(await contractEdit(line.cli, "mri", { until: "2027-04-30" })).toBe(0);
    expect(sent(`/api/contracts/${id}`)).toEqual({ starts, ends: "2027-04-30T15:00:00.000Z" });
    ok(`/api/contracts/${id}/end`);
    expect(await contractEnd(line.cli, id)).toBe(0);
    expect(sent(`/api/contracts/${id}/end`)).toEqual({});
  });

  test("is shown the command that joins an agent, and says sites and agents anew", async () => {
    const command = "genkan-agent join …";
    const token = {
      token: "t",
      expiresAt: "2026-03-01T00:00:00.000Z",
      gateway: "g:1",
      gatewayKey: "k",
      authorityKey: "k",
    };
    server.answers["POST /api/agents/token"] = { ...token, command };
    expect(await agentToken(line.cli, "central")).toBe(0);
    expect(line.objects().at(-1)).toEqual({ ...token, command });
    ok(`/api/agents/${agent.id}`);
    expect(await changeKept(line.cli, "agent", "放射", () => ({ name: "CT 室" }))).toBe(0);
    expect(sent(`/api/agents/${agent.id}`)).toEqual({ name: "CT 室" });
    server.answers["POST /api/sites"] = () => {
      server.answers["GET /api/sites"] = { sites: [site, { ...site, id: idOf("site", 2), name: "分院" }] };
      return {};
    };
    expect(await addKept(line.cli, "site", { name: "分院", zone: "Asia/Tokyo", contact: null })).toBe(0);
    expect(line.objects().at(-1)).toMatchObject({ site: { id: idOf("site", 2) } });
  });
});

describe("a CSV file", () => {
  const refused = { code: "not-found", fault: "name-unknown", column: "agent", found: "X" };
  const lines = [
    { line: 2, about: "CT", fate: "added", refusal: null },
    { line: 3, about: "MRI", fate: "refused", refusal: refused },
  ];

  test("is handed over as it is, and each line's fate is told in the person's language", async () => {
    const file = join(line.path, "devices.csv");
    const bytes = Buffer.from([0x8e, 0x52, 0x0a]);
    writeFileSync(file, bytes);
    server.answers["POST /api/register/devices/import"] = { kept: false, lines };
    expect(await sheetImport(line.cli, "device", file, { dryRun: true })).toBe(1);
    expect(sent("/api/register/devices/import")).toEqual({ file: bytes.toString("base64url"), dryRun: true });
    expect(line.objects()).toEqual([{ kept: false, lines }]);
    const japanese = commandLine({ language: "ja" });
    japanese.signIn(server.origin, "staff");
    await sheetImport(japanese.cli, "device", file, {});
    expect(japanese.said.out).toMatch(
      /3 行目: 拒否 {2}MRI {2}\[not-found\] この名前や ID のものはありません。.*\(agent: X\)/,
    );
    expect(japanese.said.out).toMatch(/何も変更していません/);
    japanese.remove();
    server.answers["POST /api/accounts/import"] = { kept: true, lines: lines.slice(0, 1) };
    expect(await sheetImport(line.cli, "person", file, {})).toBe(0);
  });

  test("that is larger than any that is taken is sent to nobody", async () => {
    const file = join(line.path, "devices.csv");
    writeFileSync(file, Buffer.alloc(limits.sheetBytes + 1, "a"));
    await expect(sheetImport(line.cli, "device", file, {})).rejects.toMatchObject({ key: "file-too-large" });
    expect(server.asked).toEqual([]);
  });

  test("is written as it came", async () => {
    const csv = "\ufeffname\r\n山\r\n";
    server.answers["GET /api/register/devices/export"] = (_asked, response) => void response.end(csv);
    const file = join(line.path, "out.csv");
    expect(await sheetExport(line.cli, "device", file)).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(csv);
    expect(await sheetExport(line.cli, "device", undefined)).toBe(0);
    expect(line.objects().at(-1)).toEqual({ csv });
  });
});
