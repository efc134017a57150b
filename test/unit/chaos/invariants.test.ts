import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { breachesOf, invariants } from "../../chaos/invariants.ts";
import { carriedBy, type Observation } from "../../chaos/observation.ts";
import { after, honest, recordOf, rowOf, storyOf } from "./honest.ts";

type Name = keyof typeof invariants;
type Change = (seen: Observation) => Partial<Observation>;

const ended = (seen: Observation, id: string, row: Parameters<typeof rowOf>[1]) =>
  seen.rows.map((one) => (one.id === id ? rowOf(id, row) : one));
const traced = (seen: Observation, id: string, change: Partial<Observation["traces"][number]>) =>
  seen.traces.map((one) => (one.session === id ? { ...one, ...change } : one));

/** Each doctored observation, and what must be said of it. */
const doctored: Readonly<Record<Name, readonly (readonly [string, Change, string])[]>> = {
  "rows, routes, recordings and sockets are the same sessions": [
    ["a row without an agent", () => ({ served: [] }), "ses_live is shown as not ended, not served by the agent"],
    ["a route without a row", (seen) => ({ carried: [...seen.carried, "ses_x"] }), "ses_x is carried by the gateway"],
    [
      "an agent that serves on",
      (seen) => ({ served: [...seen.served, "ses_left"] }),
      "ses_left is served by the agent",
    ],
    ["a recording left over", (seen) => ({ spooled: [...seen.spooled, "ses_lost"] }), "ses_lost is with a recording"],
    ["a tool that was not told", () => ({ tools: [] }), "ses_live is shown as live, not with a tool"],
    ["a socket left at the device", () => ({ sockets: { agent: 1, device: 2 } }), "the device has 2 sockets, tools 1"],
    ["a socket left at the agent", () => ({ sockets: { agent: 2, device: 1 } }), "the agent has 2 sockets, tools 1"],
  ],
  "what is live works, and new sessions begin": [
    ["silence", () => ({ heard: [{ session: "ses_live", answered: false }] }), "ses_live is live and does not answer"],
    ["no way in", () => ({ recovered: false }), "nobody can connect any more"],
  ],
  "every acknowledged record is in the log, in order": [
    ["a lost record", (seen) => ({ records: seen.records.slice(1) }), "session.admit ses_left is not in the log"],
    [
      "records that changed places",
      (seen) => ({ records: seen.records.toReversed() }),
      "session.admit ses_lost stands before what came earlier",
    ],
  ],
  "the log verifies, and goes on from the checkpoint that was kept": [
    [
      "a log that was cut",
      () => ({ verdict: { ok: false, fault: "log", problem: "kept-mismatch", firstBad: 2, lastGood: 1, line: 4 } }),
      "kept-mismatch at line 4",
    ],
  ],
  "a session ends once, in rows, log and journal": [
    [
      "two ends in the log",
      (seen) => ({ records: [...seen.records, recordOf("session.end", "ses_left", ["revoked"])] }),
      "the log has ends [ended-by-technician revoked]",
    ],
    ["an end without a record", (seen) => ({ records: seen.records.slice(0, 3) }), "ses_lost is ended (agent-lost)"],
    [
      "an end of what lives",
      (seen) => ({ records: [...seen.records, recordOf("session.end", "ses_live", ["locked"])] }),
      "ses_live is live (null), the log has ends [locked]",
    ],
    [
      "two ends at the agent",
      (seen) => ({ journal: [...seen.journal, { event: "ended", session: "ses_left", at: after(11) }] }),
      "ses_left ended twice at the agent",
    ],
  ],
  "an end has a reason that its history allows": [
    ["an agent that lives", () => ({ kills: [] }), "ses_lost ended as agent-lost"],
    ["a kill that came later", () => ({ kills: [{ part: "agent", at: after(21) }] }), "ses_lost ended as agent-lost"],
    ["another part's kill", () => ({ kills: [{ part: "gateway", at: after(15) }] }), "ses_lost ended as agent-lost"],
    ["an end that nobody meant", () => ({ intents: [] }), "ses_left ended as ended-by-technician"],
    [
      "a lease long after the last kill",
      (seen) => ({ rows: ended(seen, "ses_lost", { reason: "lease-lost", at: after(100) }) }),
      "ses_lost ended as lease-lost",
    ],
    [
      "a window that is open",
      (seen) => ({ rows: ended(seen, "ses_left", { reason: "window-closed", at: after(10) }) }),
      "ses_left ended as window-closed",
    ],
    [
      "a client that came",
      (seen) => ({ rows: ended(seen, "ses_left", { reason: "never-used", at: after(10) }) }),
      "ses_left ended as never-used",
    ],
  ],
  "the device gets connections and bytes of admitted sessions only": [
    [
      "somebody else's bytes",
      (seen) => ({ stories: seen.stories.slice(1) }),
      "in the name of ses_left, which nobody was admitted to",
    ],
    [
      "a line that is missing",
      (seen) => ({ traces: traced(seen, "ses_live", { garbled: "ses_live 1 4" }) }),
      "got ses_live",
    ],
    ["bytes that nobody sent", (seen) => ({ traces: traced(seen, "ses_lost", { bytes: 51 }) }), "51 bytes, sent 50"],
    ["a second connection", (seen) => ({ traces: traced(seen, "ses_lost", { connections: 2 }) }), "2 connections"],
    [
      "bytes too early",
      (seen) => ({ traces: traced(seen, "ses_lost", { firstAt: after(-1) }) }),
      "before it was asked",
    ],
    [
      "a count that is too high",
      (seen) => ({ rows: seen.rows.map((row) => ({ ...row, up: 51 })) }),
      "51 bytes are shown",
    ],
    [
      "a count that is too low",
      (seen) => ({ rows: seen.rows.map((row) => ({ ...row, up: 49 })) }),
      "ses_left: 49 bytes are shown, the device got 50",
    ],
    ["a silent stranger", () => ({ connections: { taken: 4, opened: 3 } }), "the device took 4 connections"],
  ],
  "no byte reaches the device after an end": [
    [
      "bytes after a cut",
      (seen) => ({ traces: traced(seen, "ses_left", { lastAt: after(13) }) }),
      "its end at the agent",
    ],
    ["bytes of a dead agent", (seen) => ({ traces: traced(seen, "ses_lost", { lastAt: after(18) }) }), "agent's death"],
    [
      "bytes longer than a lease after a revocation",
      (seen) => ({
        intents: [...seen.intents, { reason: "revoked", of: "grt_ses_live", at: after(31), toldAt: after(32) }],
        traces: traced(seen, "ses_live", { lastAt: after(50) }),
      }),
      "after revoked",
    ],
  ],
  "no ticket is taken twice": [
    [
      "a second admission",
      (seen) => ({ journal: [...seen.journal, { event: "admitted", session: "ses_lost", at: after(40) }] }),
      "ses_lost was admitted twice",
    ],
    [
      "a second proof",
      (seen) => ({ journal: [...seen.journal, { event: "begun", session: "ses_live", at: after(40) }] }),
      "ses_live was begun twice",
    ],
    [
      "a used ticket",
      () => ({ attempts: [{ what: "used ticket", of: "ses_left", code: null }] }),
      "ses_left: a used ticket opened it again",
    ],
  ],
  "who is locked stays locked, what is revoked stays revoked": [
    ["a forgotten lock", () => ({ locked: [{ person: "per_x", shown: false }] }), "per_x was locked and is not"],
    ["a forgotten revocation", () => ({ revoked: [{ grant: "grt_x", shown: false }] }), "grt_x was revoked and is not"],
    [
      "a session of somebody locked",
      () => ({ attempts: [{ what: "locked person", of: "per_x", code: null }] }),
      "a locked person, per_x, was admitted",
    ],
    [
      "a session on what was revoked",
      () => ({ attempts: [{ what: "revoked grant", of: "grt_x", code: null }] }),
      "a revoked grant, grt_x, was admitted",
    ],
  ],
  "files are whole, and every program starts from them": [
    ["a file left behind", () => ({ strange: ["agent/trust.json.tmp"] }), "agent/trust.json.tmp is left behind"],
    ["two lines in one", () => ({ torn: ['{"at":"2{"at":"20'] }), "a line of the journal is lost in another"],
    ["a broken database", () => ({ integrity: "row 7 missing from index" }), "SQLite says: row 7"],
    ["a start without an end", () => ({ starts: [{ part: "authority", ms: null }] }), "authority did not start"],
  ],
  "no program ends by itself": [
    [
      "a crash",
      () => ({ deaths: [{ part: "gateway", how: "1", ours: false, lastLog: "TypeError" }] }),
      "gateway ended by itself (1)",
    ],
  ],
};

describe("the checker of chaos", () => {
  it("finds nothing wrong with an honest observation", () => {
    expect(breachesOf(honest())).toEqual([]);
  });

  const cases = Object.entries(doctored).flatMap(([name, all]) => all.map((one) => [name as Name, ...one] as const));
  it.each(cases)("'%s' is broken by %s", (name, _, change, said) => {
    const seen = honest();
    const found = breachesOf({ ...seen, ...change(seen) }).filter(({ invariant }) => invariant === name);
    expect(found.map(({ what }) => what).join("\n")).toContain(said);
  });

  it("is told in docs/chaos.md, each invariant by its sentence", () => {
    const page = readFileSync("docs/chaos.md", "utf8");
    const [, told = ""] = page.split("| invariant | looks at |\n|---|---|\n");
    const rows = (told.split("\n\n")[0] ?? "").split("\n").map((row) => row.split(" | ")[0]?.slice(2));
    expect(rows).toEqual(Object.keys(invariants));
  });

  it("lets an admission that broke off end as whoever never heard of it says", () => {
    const seen = honest();
    const [id, at] = ["ses_half", after(16)];
    const row = { ...rowOf(id, { reason: "gateway-lost", at: after(20) }), startedAt: at };
    const records = [...seen.records, recordOf("session.end", id, ["gateway-lost"])];
    expect(breachesOf({ ...seen, rows: [...seen.rows, row], records })).toEqual([]);
    // To somebody who was told of it, it has begun: only the gateway's own death explains that reason.
    const told = { ...storyOf(id), askedAt: at };
    const found = breachesOf({ ...seen, rows: [...seen.rows, row], records, stories: [...seen.stories, told] });
    const past = "agent killed 5000 ms before; begun 4000 ms before";
    expect(found.map(({ what }) => what)).toEqual([
      `ses_half ended as gateway-lost, which may only be lease-lost; ${past}`,
    ]);
  });

  it("asks the count of a session whose end stands in the journal, killed right after or not", () => {
    const seen = honest();
    const rows = seen.rows.map((row) => (row.id === "ses_left" ? { ...row, up: 0 } : row));
    const kills = [...seen.kills, { part: "agent" as const, at: after(10.5) }];
    expect(breachesOf({ ...seen, rows, kills })).toHaveLength(1);
  });

  it("takes a gateway to carry nothing after its death", () => {
    const begun = (id: string) => `{"level":30,"session":"${id}","msg":"session begun"}`;
    const over = '{"level":30,"session":"ses_b","reason":"revoked","msg":"session ended"}';
    expect(carriedBy([begun("ses_a"), begun("ses_b"), over].join("\n"))).toEqual(["ses_a"]);
    expect(carriedBy([begun("ses_a"), "-- gateway ended (SIGKILL)", begun("ses_c")].join("\n"))).toEqual(["ses_c"]);
  });
});
