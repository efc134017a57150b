import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { programEvents } from "../../../protocol/program-event.ts";
import { type ProgramLog, silentProgramLog } from "../../../protocol/program-log.ts";
import { folders } from "../../architecture/table.ts";

const sources = Object.keys(folders)
  .filter((folder) => folder !== "web")
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name}`),
  )
  .filter((file) => file !== "protocol/program-event.ts");

describe("the names of log lines", () => {
  it("are each written by somebody", () => {
    const text = sources.map((file) => readFileSync(file, "utf8")).join("\n");
    expect(Object.keys(programEvents).filter((event) => !text.includes(`"${event}"`))).toEqual([]);
  });

  it("are words and dots, part first", () => {
    expect(Object.keys(programEvents).filter((event) => !/^[a-z]+(\.[a-z]+(-[a-z]+)*)+$/.test(event))).toEqual([]);
  });

  it("go with every line, at the level of the table", () => {
    const log: ProgramLog = silentProgramLog;
    // @ts-expect-error: a line without a name
    log.info({ session: "ses_1" }, "x");
    // @ts-expect-error: a name that the table does not have
    log.info({ event: "agent.sneezed" }, "x");
    // @ts-expect-error: another level than the table's
    log.error({ event: "agent.stops" }, "x");
    expect(programEvents["agent.stops"]).toBe("info");
  });

  it("go through the one logger that knows the table", () => {
    const strangers = sources.filter((file) => /from "pino"/.test(readFileSync(file, "utf8")));
    expect(strangers).toEqual(["bin/output.ts"]);
  });
});
