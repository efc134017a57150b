import { describe, expect, it } from "vitest";
import { exportHeaderLine, exportRecordLine } from "../../../crypto/audit-export.ts";
import { verifyAuditExport } from "../../../crypto/audit-verify.ts";
import type { AuditAudience } from "../../../protocol/audit-export.ts";
import {
  erased,
  fileOf,
  type Log,
  linesOf,
  logOf,
  makeLog,
  origin,
  recordOf,
  stream,
  verifierKey,
  writtenFile,
} from "./audit-log.ts";

const verify = (bytes: Uint8Array | string) => verifyAuditExport(stream([Buffer.from(bytes)]), verifierKey);
const lines = linesOf(makeLog(6, [3]));
const text = `${lines.join("\n")}\n`;

describe("a file that was changed on its way", () => {
  it.each([
    ["by a mail program that ends lines in its own way", "line-ends", 1, text.replaceAll("\n", "\r\n")],
    ["by a program that ends lines as none does now", "line-ends", 1, text.replaceAll("\n", "\r")],
    ["by an editor that marks the byte order", "byte-order-mark", 1, `\ufeff${text}`],
    ["by an editor that does both", "byte-order-mark", 1, `\ufeff${text.replaceAll("\n", "\r\n")}`],
    ["by a mail program that wraps lines", "line-broken", 1, text.replace(/(.{76})/g, "$1\n")],
    ["by a mail program that quotes what is not ASCII", "line-broken", 3, text.replace('"record 1', '"=3Drecord=\n 1')],
    ["by a tool that writes JSON anew", "line-reformatted", 1, text.replaceAll('":', '": ')],
    ["by a tool that put an empty line at its end", "line-broken", 10, `${text}\n`],
    ["by a download that broke off within a line", "cut-short", 6, text.slice(0, text.indexOf('"index":3') + 40)],
    ["by a download that broke off before the last line feed", "cut-short", 9, text.slice(0, -1)],
    ["by a download that broke off within the header", "line-broken", 1, text.slice(0, 60)],
    ["by a download that broke off after a record", "truncated", 7, `${lines.slice(0, 7).join("\n")}\n`],
    ["into another encoding", "not-an-export", 1, Buffer.from(`\ufeff${text}`, "utf16le")],
    ["into nothing", "not-an-export", 0, ""],
    ["into a page that asks to sign in", "not-an-export", 1, "<!doctype html>\n<title>Sign in</title>\n"],
  ])("%s is told apart from a doctored log", async (_, problem, line, bytes) => {
    expect(await verify(bytes)).toMatchObject({ ok: false, fault: "file", problem, line });
  });

  it("is verified as it was written", async () => {
    expect(await verify(text)).toMatchObject({ ok: true, records: 6 });
  });

  it("still tells which records a signature vouches for, and never one that is not there", async () => {
    expect(await verify(text.slice(0, -1))).toMatchObject({ lastGood: 2 });
    expect(await verify(text.replaceAll("\n", "\r\n"))).toMatchObject({ lastGood: null, firstBad: null });
  });

  it("is a doctored log nevertheless where a record of it was changed first", async () => {
    const doctored = text.replace("record 1", "record 7").slice(0, -1);
    expect(await verify(doctored)).toMatchObject({ fault: "log", problem: "commitment-mismatch", firstBad: 1 });
  });
});

describe("a file for one site", () => {
  const own: AuditAudience = { sites: ["sit_own"], vendors: ["ven_here"] };
  /** Whose records 0 to 6 are; which of them the file for `own` tells. */
  const owners = [
    { site: "sit_own", vendor: null },
    { site: "sit_other", vendor: null },
    { site: "sit_own", vendor: "ven_away" },
    { site: "sit_other", vendor: "ven_here" },
    { site: null, vendor: "ven_here" },
    { site: null, vendor: "ven_away" },
    { site: null, vendor: null },
  ];
  const told = [0, 2, 4, 6];
  const log: Log = logOf(
    owners.map((owner, index) => recordOf(index, `secret ${index}`, owner)),
    [4, 7],
  );
  const withheldLine = (index: number) =>
    exportRecordLine(log.records[index] as Log["records"][number], { sites: [], vendors: [] });
  const file = linesOf(log, own);
  const at = (index: number) => file.findIndex((line) => line.includes(`":{"index":${index},`));

  it("tells its own records, and of the others nothing of what they say", async () => {
    expect(await verifyAuditExport(fileOf(file), verifierKey)).toMatchObject({
      ok: true,
      audience: own,
      records: 7,
      withheld: 3,
      erased: 0,
    });
    const all = file.join("\n");
    expect([0, 1, 2, 3, 4, 5, 6].filter((index) => all.includes(`secret ${index}`))).toEqual(told);
    // Nor which id the owner has, nor that two records have one owner.
    expect(all).not.toContain("sit_other");
    const [one, three] = [1, 3].map((index) => JSON.parse(file[at(index)] ?? "").withheld);
    expect(Object.keys(one)).toEqual(["index", "ownerSalt", "site", "vendor", "seal", "leaf"]);
    expect(one.site).not.toBe(three.site);
  });

  it("tells what was erased by law apart from what is another's, for whoever reads it", async () => {
    const less = { ...log, records: log.records.with(2, erased(recordOf(2, "secret 2", owners[2]))) };
    for (const audience of [own, null])
      expect(await verifyAuditExport(writtenFile(less, 64, audience), verifierKey)).toMatchObject({
        ok: true,
        withheld: audience === null ? 0 : 3,
        erased: 1,
      });
  });

  it.each(told)("is refused where its own record %i stands as another's", async (index) => {
    const hidden = file.with(at(index), withheldLine(index));
    expect(await verifyAuditExport(fileOf(hidden), verifierKey)).toMatchObject({
      ok: false,
      fault: "log",
      problem: "withheld-own",
      firstBad: index,
    });
  });

  it.each(["ownerSalt", "site", "vendor", "seal"])(
    "is refused where its own record stands as another's by another %s",
    async (member) => {
      const parsed = JSON.parse(withheldLine(0)) as { withheld: Record<string, unknown> };
      parsed.withheld[member] = JSON.parse(withheldLine(1)).withheld[member];
      expect(await verifyAuditExport(fileOf(file.with(at(0), JSON.stringify(parsed))), verifierKey)).toMatchObject({
        problem: "leaf-mismatch",
        firstBad: 0,
      });
    },
  );

  it("is refused where it was given to another site, or to everybody, by its header", async () => {
    const given = (audience: AuditAudience | null) => {
      const header = exportHeaderLine({ origin, key: verifierKey, audience });
      return verifyAuditExport(fileOf(file.with(0, header)), verifierKey);
    };
    expect(await given(null)).toMatchObject({ problem: "withheld-own", firstBad: 1 });
    expect(await given({ ...own, sites: ["sit_other"] })).toMatchObject({ problem: "told-foreign", firstBad: 0 });
    expect(await given({ ...own, vendors: [] })).toMatchObject({ problem: "told-foreign", firstBad: 4 });
    expect(await given({ sites: [], vendors: [] })).toMatchObject({ problem: "told-foreign", firstBad: 0 });
  });

  it("is refused where a record is told that it must not hold", async () => {
    const line = exportRecordLine(log.records[5] as Log["records"][number]);
    expect(await verifyAuditExport(fileOf(file.with(at(5), line)), verifierKey)).toMatchObject({
      problem: "told-foreign",
      firstBad: 5,
    });
  });
});
