import { parse } from "csv-parse/sync";
import { readSheet, writeSheet } from "../../../authority/sheet.ts";
import { readList, readService, readTime, writeList, writeTime } from "../../../authority/sheet-cell.ts";
import { limits } from "../../../protocol/limits.ts";
import { serviceText } from "../../../protocol/service-text.ts";
import { sheetColumns } from "../../../protocol/sheet.ts";
import { bytes } from "../shape/bytes.ts";
import { mix } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

const head = sheetColumns.device.join(",");
const line = ",CT,M-1,Hospital A,agent,Vendor A,2F; 夜間,2F,,,shell:ssh:10.1.2.3:22,2026-04-01,2027-03-31";

export const sheet: Target = {
  name: "sheet",
  parsers: ["authority/sheet.ts (readSheet)", "authority/sheet-cell.ts (readList, readService, readTime)"],
  holds:
    "written again from what was read its cells are read the same, and so are lists, services and times in them; a spreadsheet takes none for a formula",
  shape: mix([3, text], [1, bytes]),
  words: [
    ",",
    '"',
    '""',
    "\r\n",
    "\r",
    "\n",
    ";",
    "\\",
    "'=",
    "=",
    "＝",
    "@",
    "-",
    "\t",
    "name",
    "agent",
    "vendor",
    ":https+old-tls:[::1]:443",
    "2027/4/1",
    "T00:00:00+09:00",
  ],
  verdicts: ["bad-request", "too-many"],
  most: 4_096,
  seeds: () => ({
    exported: `\ufeff${head}\r\n${line}\r\n`,
    formulas: `${head}\n,'=1+1,'-2,,agent,Vendor A,,'@a,''+b,"two\nlines",page:https+self-signed:[fd00::7]:443; a\\;b:tcp:10.1.2.3:23,2026-04-01T09:00:00+09:00,2027/3/31\n`,
    "shift-jis": Buffer.from(
      "6e616d652c6167656e742c76656e646f720d0a8ef1897490ed2c6167656e74412c56656e646f7220410d0a",
      "hex",
    ),
  }),
  open: () => ({
    execute: (input) => {
      const read = readSheet("device", input);
      const rows = read.filter(({ tooMany }) => !tooMany).map(({ cells }) => cells);
      hold(rows.length <= limits.sheetLines, "too many lines");
      // Lines end as spreadsheets end them, also within a cell; what is empty is no line.
      const written = writeSheet("device", rows);
      const again = readSheet("device", Buffer.from(written));
      hold(again.length === rows.length, "another number of lines");
      for (const [at, cells] of rows.entries())
        for (const column of sheetColumns.device)
          hold((again[at]?.cells[column] ?? "") === (cells[column] ?? ""), `another ${column}`);
      const shown = parse(written, { bom: true }).flat();
      hold(!shown.some((cell) => /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/u.test(cell)), "a formula");
      for (const cells of rows) {
        const list = readList(cells.services ?? "");
        hold(readList(writeList(list)).join("\0") === list.join("\0"), "another list");
        for (const one of list) {
          const service = readService("services", one);
          hold(serviceText(readService("services", serviceText(service))) === serviceText(service), "another service");
        }
        for (const side of ["starts", "ends"] as const) {
          const cell = cells[`contract_${side}`] ?? "";
          if (cell === "") continue;
          const at = readTime("time", cell, side, "Asia/Tokyo");
          const shown = writeTime(at.toISOString(), side, "Asia/Tokyo");
          hold(readTime("time", shown, side, "Asia/Tokyo").getTime() === at.getTime(), "another time");
        }
      }
      return accepted;
    },
  }),
};
