import { generateKeyPairSync } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { auditExport, auditProof } from "../../../cli/audit.ts";
import { auditVerify } from "../../../cli/audit-verify.ts";
import { chooseGrant } from "../../../cli/choose.ts";
import { list } from "../../../cli/list.ts";
import { request } from "../../../cli/request.ts";
import { verifyRequest } from "../../../crypto/access-request.ts";
import { writeAuditExport } from "../../../crypto/audit-export.ts";
import { commitRecord } from "../../../crypto/audit-record.ts";
import { CompactRange } from "../../../crypto/merkle.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { formatVerifierKey, signCheckpoint } from "../../../crypto/signed-note.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { GenkanError } from "../../../protocol/error.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { spanOf } from "../../../protocol/window-at.ts";
import { asThumbprint } from "../../brand.ts";
import { patienceMs } from "../../patience.ts";
import { device, grant, idOf, me, request as requestView, services, session, vendor } from "./facts.ts";
import { commandLine, StandIn } from "./stand-in.ts";

let server: StandIn;
let line: ReturnType<typeof commandLine>;
beforeEach(async () => {
  server = await new StandIn().listen();
  line = commandLine({ json: true });
  line.signIn(server.origin);
});
afterEach(() => {
  server.close();
  line.remove();
});

const bodyOf = (path: string) => JSON.parse(server.asks(path)[0]?.body ?? "null") as unknown;

describe("genkan request", () => {
  const options = {
    device: "ＶＩＴＡＬ monitor",
    services: ["ssh", "Admin page", "ssh"],
    start: "2026-03-01T09:00",
    until: "+2h",
    reason: "Firmware",
    plan: "1. Update",
  };
  beforeEach(() => {
    server.skewMs = Date.parse("2026-02-28T12:00:00.000Z") - Date.now();
    server.answers["GET /api/devices"] = { devices: [device()] };
    server.answers["POST /api/requests"] = requestView();
    const { publicKey } = line.cli.folder.key("workstation");
    const thumbprints = [jwkThumbprint(publicJwkOf(publicKey))];
    server.answers["GET /api/me"] = { ...me, workstation: { id: idOf("workstation"), label: "bench-7", thumbprints } };
  });
  const asked = () => verifyRequest((bodyOf("/api/requests") as { request: Id<"request"> }).request);

  it("signs who asks, for what, UTC instants and the zone they were meant in, with this computer's key", async () => {
    await expect(request(line.cli, { ...options, plan: " 1. Update\r\n2. Look ", workOrder: " WO-17 " })).resolves.toBe(
      0,
    );
    const { request: said, signer } = await asked();
    expect(said.workstation.thumbprints).toEqual([signer]);
    expect(said).toEqual({
      type: "genkan/request/v1",
      id: expect.stringMatching(/^req_/),
      site: { id: idOf("site"), name: "中央病院" },
      person: me.person,
      vendor,
      workstation: { id: idOf("workstation"), label: "bench-7", thumbprints: [signer] },
      device: { id: idOf("device"), name: "Vital Monitor" },
      services: [services[0], services[1]],
      windows: [{ start: "2026-03-01T00:00:00.000Z", end: "2026-03-01T02:00:00.000Z" }],
      zone: "Asia/Tokyo",
      rule: "normal",
      reason: "Firmware",
      plan: "1. Update\n2. Look",
      workOrder: "WO-17",
    });
    expect(line.objects()).toMatchObject([{ request: { id: idOf("request"), state: "pending" } }]);
  });

  it("names its own key alone, whatever keys the server says are its workstation's", async () => {
    const own = jwkThumbprint(publicJwkOf(line.cli.folder.key("workstation").publicKey));
    const told = (thumbprints: string[]) => {
      server.answers["GET /api/me"] = {
        ...me,
        workstation: { id: idOf("workstation"), label: "bench-7", thumbprints },
      };
    };
    told(["B".repeat(43), own, "C".repeat(43)]);
    await request(line.cli, options);
    expect((await asked()).request.workstation.thumbprints).toEqual([own]);
    told(["B".repeat(43)]);
    await expect(request(line.cli, options)).rejects.toMatchObject({ reasons: ["workstation-unknown"] });
    expect(server.asks("/api/requests")).toHaveLength(1);
  });

  it.each([undefined, "", " "])("names no work order for %j", async (workOrder) => {
    await request(line.cli, { ...options, ...(workOrder === undefined ? {} : { workOrder }) });
    expect((await asked()).request.workOrder).toBeNull();
  });

  it.each([-5, 5])("means the server's now on a computer %d min off", async (minutes) => {
    server.skewMs = minutes * 60_000;
    await expect(request(line.cli, { ...options, start: "now", until: "+1h" })).resolves.toBe(0);
    const window = spanOf((await asked()).request.windows);
    // The header that tells the server's clock has whole seconds.
    expect(Math.abs(Date.parse(window.start) - (Date.now() + server.skewMs))).toBeLessThan(5_000);
    expect(Date.parse(window.end) - Date.parse(window.start)).toBe(3_600_000);
  });

  it("asks for nothing while the terminal's key has joined no workstation", async () => {
    server.answers["GET /api/me"] = { ...me, workstation: null };
    await expect(request(line.cli, options)).rejects.toMatchObject({ reasons: ["workstation-unknown"] });
    expect(server.asks("/api/requests")).toEqual([]);
  });

  it("means a time where the device is, unless it is told of another zone, and says it back in both zones", async () => {
    server.answers["GET /api/devices"] = { devices: [device({ zone: "Europe/Berlin" })] };
    server.answers["POST /api/requests"] = requestView({
      zone: "Europe/Berlin",
      windows: [{ start: "2026-03-01T08:00:00.000Z", end: "2026-03-01T10:00:00.000Z" }],
    });
    const shown = commandLine();
    shown.signIn(server.origin);
    server.answers["GET /api/me"] = {
      ...me,
      workstation: {
        id: idOf("workstation"),
        label: "bench-7",
        thumbprints: [jwkThumbprint(publicJwkOf(shown.cli.folder.key("workstation").publicKey))],
      },
    };
    await request(shown.cli, { ...options, start: "tomorrow 09:00" });
    expect((await asked()).request).toMatchObject({
      zone: "Europe/Berlin",
      windows: [{ start: "2026-03-01T08:00:00.000Z", end: "2026-03-01T10:00:00.000Z" }],
    });
    expect(shown.said.out).toContain("2026-03-01 09:00–11:00 (Europe/Berlin) = 2026-03-01 17:00–19:00 (Asia/Tokyo)");
    server.asked.length = 0;
    await request(shown.cli, { ...options, start: "2026-03-01T09:00", zone: "Asia/Tokyo" });
    expect((await asked()).request.windows).toMatchObject([{ start: "2026-03-01T00:00:00.000Z" }]);
    shown.remove();
  });

  it("asks nobody for a window that no hospital grants, and says the bound", async () => {
    const long = request(line.cli, { ...options, until: "+9h" });
    await expect(long).rejects.toMatchObject({ key: "window-too-long", values: { hours: 8 } });
    const past = request(line.cli, { ...options, start: "2026-02-27T03:00", until: "2026-02-27T05:00" });
    await expect(past).rejects.toMatchObject({ key: "window-past" });
    expect(server.asks("/api/requests")).toEqual([]);
  });

  it("names what there is when the device or service is unknown", async () => {
    await expect(request(line.cli, { ...options, device: "pump" })).rejects.toMatchObject({
      key: "name-unknown",
      values: { noun: { en: "device" }, known: "Vital Monitor" },
    });
    await expect(request(line.cli, { ...options, services: ["vnc"] })).rejects.toMatchObject({
      key: "name-unknown",
      values: { noun: { en: "service" }, known: "Shell, Admin page, Line" },
    });
  });

  it("chooses among devices of which one has a bad name in the store, and shows that one defused", async () => {
    const bad = { ...device({ id: idOf("device", 9) }), name: "\u202epump\u0007", model: "\n".repeat(400) };
    server.answers["GET /api/devices"] = { devices: [bad, device()] };
    await expect(request(line.cli, options)).resolves.toBe(0);
    await expect(request(line.cli, { ...options, device: "none" })).rejects.toMatchObject({
      key: "name-unknown",
      values: { known: "\ufffdpump\ufffd, Vital Monitor" },
    });
  });

  it("does not choose between two devices of one name", async () => {
    server.answers["GET /api/devices"] = { devices: [device(), device({ id: idOf("device", 9) })] };
    await expect(request(line.cli, options)).rejects.toMatchObject({ key: "name-ambiguous" });
    await expect(request(line.cli, { ...options, device: idOf("device", 9) })).resolves.toBe(0);
  });

  it("passes on the reasons of a refusal", async () => {
    server.answers["POST /api/requests"] = new GenkanError("denied", undefined, { reasons: ["contract-missing"] });
    await expect(request(line.cli, options)).rejects.toMatchObject({ code: "denied", reasons: ["contract-missing"] });
  });

  it("asks nobody when the time is wrong", async () => {
    await expect(request(line.cli, { ...options, start: "soon" })).rejects.toMatchObject({ key: "time-invalid" });
    expect(server.asked).toHaveLength(0);
  });
});

describe("the grant to connect with", () => {
  const key = asThumbprint("A".repeat(43));
  const wanted = { device: "Vital Monitor", service: "Shell", key, now: Date.parse("2026-03-01T01:00:00.000Z") };
  const later = { start: "2026-03-01T00:00:00.000Z", end: "2026-03-01T03:00:00.000Z" };

  it("is the one that is open longest", () => {
    const long = grant({ id: idOf("grant", 2), windows: [later] });
    expect(chooseGrant([grant(), long], wanted)).toMatchObject({ grant: { id: long.id }, service: { name: "Shell" } });
    expect(chooseGrant([grant(), long], { ...wanted, grant: idOf("grant") }).grant.id).toBe(idOf("grant"));
    const elsewhere = { ...long, workstation: { ...long.workstation, thumbprints: [asThumbprint("B".repeat(43))] } };
    expect(chooseGrant([grant(), elsewhere], wanted).grant.id).toBe(idOf("grant"));
  });

  it.each([
    ["is not there", [], { key: "no-grant" }],
    ["is over", [grant({ state: "closed" })], { key: "no-grant" }],
    [
      "names other keys than this terminal's",
      [
        grant({
          workstation: { id: idOf("workstation"), label: "Firefox", thumbprints: [asThumbprint("B".repeat(43))] },
        }),
      ],
      { key: "grant-elsewhere", values: { id: idOf("grant"), label: "Firefox" } },
    ],
    ["was revoked", [grant({ state: "revoked" })], { key: "no-grant" }],
    [
      "is of another device",
      [grant({ device: { id: idOf("device", 3), name: "Pump", model: "P" } })],
      { key: "no-grant" },
    ],
    ["has not begun", [grant({ state: "scheduled" })], { code: "window-not-begun" }],
    ["names other services", [grant({ services: services.slice(1) })], { code: "service-not-granted" }],
  ])("is refused with the reason when it %s", (_name, grants, failure) => {
    let thrown: unknown;
    try {
      chooseGrant(grants, wanted);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject(failure);
  });

  it("is not chosen between two devices of one name", () => {
    const there = grant({
      id: idOf("grant", 2),
      site: { id: idOf("site", 2), name: "北病院" },
      device: { id: idOf("device", 2), name: "Vital Monitor", model: "VM-1" },
      windows: [later],
    });
    expect(() => chooseGrant([grant(), there], wanted)).toThrow(
      expect.objectContaining({
        key: "name-ambiguous",
        values: expect.objectContaining({
          known: `${idOf("device")} (Vital Monitor, 中央病院), ${idOf("device", 2)} (Vital Monitor, 北病院)`,
        }),
      }),
    );
    expect(chooseGrant([grant(), there], { ...wanted, device: idOf("device") }).grant.id).toBe(idOf("grant"));
    expect(chooseGrant([grant(), there], { ...wanted, grant: there.id }).grant.id).toBe(there.id);
    // Only one of them can be entered now.
    expect(chooseGrant([grant(), { ...there, state: "closed" }], wanted).grant.id).toBe(idOf("grant"));
  });

  it("must be one of the person's own when it is named", () => {
    expect(() => chooseGrant([grant()], { ...wanted, grant: idOf("grant", 7) })).toThrow("name-unknown");
  });
});

describe("genkan ls", () => {
  beforeEach(() => {
    server.answers["GET /api/devices"] = { devices: [device({ name: "心電計" })] };
    server.answers["GET /api/requests"] = { requests: [requestView()] };
    server.answers["GET /api/grants"] = { grants: [grant()] };
    server.answers["GET /api/sessions"] = {
      sessions: [session(), session({ id: idOf("session", 2), state: "ended" })],
    };
  });

  it("lists all four, and of sessions the live ones", async () => {
    await list(line.cli);
    expect(line.objects()).toMatchObject([
      { devices: [{ id: idOf("device") }], requests: [{}], grants: [{}], sessions: [{ id: idOf("session") }] },
    ]);
  });

  it("shows a name defused that could harm a terminal or turn a line around, and the others as they are", async () => {
    for (const [name, shown] of [
      ["心電計\u001b[2J", "心電計\ufffd[2J"],
      ["心電計\u202e", "心電計\ufffd"],
      ["心電計\nrequests", "\ufffd心電計 requests"],
      ["", "\ufffd"],
      ["長".repeat(1_000), `\ufffd${"長".repeat(119)}`],
    ] as const) {
      server.answers["GET /api/devices"] = { devices: [device({ name }), device()] };
      await expect(list(line.cli)).resolves.toBe(0);
      expect(line.objects().at(-1)).toMatchObject({ devices: [{ name: shown }, { name: "Vital Monitor" }] });
    }
  });

  it("shows them to people, in the zone of this computer", async () => {
    const shown = commandLine({ language: "ja", origin: server.origin });
    shown.signIn(server.origin);
    await list(shown.cli);
    expect(shown.said.out).toContain("心電計");
    expect(shown.said.out).toContain("2026-03-01 09:00–11:00 (Asia/Tokyo)");
    expect(shown.said.out).toContain("↑ 1.0 KiB ↓ 2.0 KiB");
    shown.remove();
  });

  it("leaves out what the person's roles do not show, but no other failure", async () => {
    server.answers["GET /api/requests"] = new GenkanError("not-found");
    await list(line.cli);
    expect(line.objects()).toMatchObject([{ requests: [], grants: [{}] }]);
    server.answers["GET /api/requests"] = new GenkanError("store-unavailable");
    await expect(list(line.cli)).rejects.toMatchObject({ code: "store-unavailable" });
  });

  it("does not believe an answer of another form", async () => {
    server.answers["GET /api/grants"] = { grants: [{ id: "gnt_1" }] };
    await expect(list(line.cli)).rejects.toMatchObject({ code: "internal" });
  });
});

describe("the files of the command line", () => {
  it("are refused when others can read them", () => {
    line.cli.folder.key("workstation");
    const file = join(line.path, "cli", "workstation.key");
    chmodSync(file, 0o644);
    expect(() => line.cli.folder.key("workstation")).toThrow("key-exposed");
  });

  it("keep the same keys from one start to the next", () => {
    const first = line.cli.folder.key("dpop").pin;
    expect(line.cli.folder.key("dpop").pin).toBe(first);
    expect(line.cli.folder.key("workstation").pin).not.toBe(first);
  });

  it("hold one token for each server", () => {
    line.signIn("https://staff.example", "staff");
    line.cli.folder.dropToken("https://staff.example");
    expect(line.cli.folder.token(server.origin)).not.toBeNull();
    expect(line.cli.folder.token("https://staff.example")).toBeNull();
  });
});

describe("genkan audit", () => {
  const pair = generateKeyPairSync("ed25519");
  const origin = "genkan.example/log";
  const key = formatVerifierKey(origin, pair.publicKey);
  const bodies = ["a", "b", "c"].map((action) => JSON.stringify({ at: "2026-03-01T00:00:00.000Z", action }));

  async function* each<T>(values: T[]): AsyncGenerator<T> {
    yield* values;
  }

  async function exported(upTo = bodies.length): Promise<string> {
    const tree = new CompactRange();
    const records = bodies.slice(0, upTo).map((body, index) => {
      const salt = Buffer.alloc(32, index);
      const { leaf } = commitRecord({ salt, body });
      tree.append(leaf);
      return { index, salt, body, leaf };
    });
    const note = signCheckpoint({ origin, size: tree.size, root: tree.root() }, pair.privateKey);
    let text = "";
    for await (const part of writeAuditExport({
      origin,
      key,
      records: each(records),
      checkpoints: each([{ size: tree.size, note }]),
      audience: null,
      size: tree.size,
    }))
      text += part;
    return text;
  }

  it("exports to a file that appears whole, then verifies it offline", async () => {
    const log = await exported();
    const answers = { records: [], next: null, size: 3, checkpoint: null, key };
    server.answers["GET /api/audit"] = answers;
    server.answers["GET /api/audit/export"] = (_asked, response) => {
      response.end(log);
      return undefined;
    };
    const file = join(line.path, "log.jsonl");
    await expect(auditExport(line.cli, file)).resolves.toBe(0);
    expect(readFileSync(file, "utf8")).toBe(log);
    server.close();
    await expect(auditVerify(line.cli, file, key)).resolves.toBe(0);
    expect(line.objects()).toMatchObject([
      { file, key, bytes: Buffer.byteLength(log) },
      { ok: true, records: 3 },
    ]);
  });

  it("keeps what came of an export that breaks off, under another name", async () => {
    const file = join(line.path, "log.jsonl");
    server.answers["GET /api/audit"] = { records: [], next: null, size: 3, checkpoint: null, key };
    server.answers["GET /api/audit/export"] = (_asked, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("what came");
      const kept = () => expect(readFileSync(`${file}.part`, "utf8")).toBe("what came");
      void vi.waitFor(kept, patienceMs).then(() => response.destroy());
      return undefined;
    };
    await expect(auditExport(line.cli, file)).resolves.toBe(1);
    expect([existsSync(file), readFileSync(`${file}.part`, "utf8")]).toEqual([false, "what came"]);
    expect(line.objects()).toEqual([{ file: `${file}.part`, bytes: 9, complete: false }]);
  });

  it("exits 1 and names what the server's log lacks, and keeps all that it has", async () => {
    const log = (await exported())
      .replace(/\{"record":\{"index":1,.*\n/, '{"missing":{"first":1,"last":1}}\n')
      .concat('{"missing":{"checkpoint":9}}\n');
    server.answers["GET /api/audit"] = { records: [], next: null, size: 3, checkpoint: null, key };
    server.answers["GET /api/audit/export"] = (_asked, response) => {
      response.end(log);
      return undefined;
    };
    const file = join(line.path, "log.jsonl");
    await expect(auditExport(line.cli, file)).resolves.toBe(1);
    expect(readFileSync(file, "utf8")).toBe(log);
    expect(line.objects()).toMatchObject([{ complete: true, missing: [{ first: 1, last: 1 }, { checkpoint: 9 }] }]);
    await expect(auditVerify(line.cli, file, key)).resolves.toBe(1);
    expect(line.objects().at(-1)).toMatchObject({ fault: "log", problem: "record-missing", firstBad: 1 });
    const shown = commandLine({ language: "en" });
    shown.signIn(server.origin);
    await auditExport(shown.cli, file);
    expect(shown.said.out).toContain("the server lacks records 1 to 1, the checkpoint of 9 records");
    shown.remove();
  });

  it("writes the proof of one record, and verifies it offline", async () => {
    const proof = readFileSync("test/vectors/audit-log/record-2.tlog-proof");
    const vectorKey = readFileSync("test/vectors/audit-log/verifier-key", "utf8");
    server.answers["GET /api/audit/proof"] = (_asked, response) => {
      response.end(proof);
      return undefined;
    };
    const file = join(line.path, "record.tlog-proof");
    await expect(auditProof(line.cli, "2", file)).resolves.toBe(0);
    expect(readFileSync(file)).toEqual(proof);
    await expect(auditProof(line.cli, "2.5", file)).rejects.toMatchObject({ key: "audit-index-malformed" });
    server.close();
    await expect(auditVerify(line.cli, file, vectorKey)).resolves.toBe(0);
    expect(line.objects().at(-1)).toMatchObject({ ok: true, proved: 2, size: 5 });
    writeFileSync(file, proof.toString("latin1").replace("index 2", "index 1"), "latin1");
    await expect(auditVerify(line.cli, file, vectorKey)).resolves.toBe(2);
    const shown = commandLine({ language: "ja" });
    writeFileSync(file, proof);
    await auditVerify(shown.cli, file, vectorKey);
    expect(shown.said.out).toContain("記録 2 は、5 件の記録を持つ");
    expect(shown.said.out).toContain("grant.revoke");
    shown.remove();
  });

  it("exits 2 for a file that a mail program has changed, and never speaks of a record that is not there", async () => {
    const file = join(line.path, "log.jsonl");
    writeFileSync(file, (await exported()).replaceAll("\n", "\r\n"));
    await expect(auditVerify(line.cli, file, key)).resolves.toBe(2);
    expect(line.objects()).toMatchObject([{ ok: false, fault: "file", problem: "line-ends", lastGood: null }]);
    const shown = commandLine({ language: "en" });
    await auditVerify(shown.cli, file, key);
    expect(shown.said.out).toContain("CAN'T BE VERIFIED, and proves nothing for or against the log. Line 1");
    writeFileSync(file, (await exported()).replace('\\"a\\"', '\\"x\\"'));
    await expect(auditVerify(shown.cli, file, key)).resolves.toBe(1);
    expect(shown.said.out).toContain("First bad record: 0; line 2.");
    expect(shown.said.out).toContain("No signature vouches for any record.");
    expect(shown.said.out).not.toContain("-1");
    shown.remove();
  });

  it("exits 1 and names the first bad record of a doctored file", async () => {
    const file = join(line.path, "log.jsonl");
    writeFileSync(file, (await exported()).replace('\\"b\\"', '\\"x\\"'));
    await expect(auditVerify(line.cli, file, key)).resolves.toBe(1);
    expect(line.objects()).toMatchObject([{ ok: false, firstBad: 1, problem: "commitment-mismatch" }]);
    const shown = commandLine({ language: "ja" });
    await auditVerify(shown.cli, file, key);
    expect(shown.said.out).toContain("最初の不正な記録: 1");
    shown.remove();
  });

  it("finds that a log was cut at its end, by an earlier export or a kept checkpoint", async () => {
    const [earlier, cut, note] = ["earlier", "cut", "note"].map((name) => join(line.path, name)) as [
      string,
      string,
      string,
    ];
    const whole = await exported();
    writeFileSync(earlier, whole);
    writeFileSync(note, (JSON.parse(whole.trimEnd().split("\n").at(-1) ?? "") as { checkpoint: string }).checkpoint);
    writeFileSync(cut, await exported(bodies.length - 1));
    await expect(auditVerify(line.cli, cut, key)).resolves.toBe(0);
    const proof = join(line.path, "kept.tlog-proof");
    writeFileSync(proof, `c2sp.org/tlog-proof@v1\nindex 0\n\n${readFileSync(note, "utf8")}`);
    const mailed = join(line.path, "mailed");
    writeFileSync(mailed, `\ufeff${readFileSync(note, "utf8").replaceAll("\n", "\r\n")}\r\n`);
    for (const since of [earlier, note, proof, mailed]) {
      await expect(auditVerify(line.cli, cut, key, since)).resolves.toBe(1);
      await expect(auditVerify(line.cli, earlier, key, since)).resolves.toBe(0);
    }
    await expect(auditVerify(line.cli, cut, key, join(line.path, "nothing"))).rejects.toMatchObject({
      key: "file-unreadable",
    });
  });

  it("says so when the file is not there, or none, or the key is none", async () => {
    const file = join(line.path, "log.jsonl");
    writeFileSync(file, await exported());
    // Exit code 2: a file that can't be read says nothing about the log.
    const unreadable = { name: "UsageError", key: "file-unreadable" };
    await expect(auditVerify(line.cli, join(line.path, "nothing"), key)).rejects.toMatchObject(unreadable);
    await expect(auditVerify(line.cli, line.path, key)).rejects.toMatchObject(unreadable);
    await expect(auditVerify(line.cli, file, key, line.path)).rejects.toMatchObject(unreadable);
    await expect(auditVerify(line.cli, file, "nonsense")).rejects.toMatchObject({ key: "audit-key-malformed" });
    const other = formatVerifierKey(origin, generateKeyPairSync("ed25519").publicKey);
    await expect(auditVerify(line.cli, file, other, file)).rejects.toMatchObject({ key: "audit-since-refused" });
  });
});
