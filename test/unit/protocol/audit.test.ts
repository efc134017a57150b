import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type AuditInput, actions, factClasses, keptFacts, systemActor } from "../../../protocol/audit.ts";

const at = new Date(0);
const actor = systemActor;
/** As `change.audit` takes it. */
function audit<A extends keyof typeof actions, F extends object = Record<never, never>>(record: AuditInput<A, F>) {
  return keptFacts(record.action, record.facts ?? {});
}

describe("a record of the log", () => {
  test("does not compile without a subject that its action must name, nor with one that it has not", () => {
    const subjects = { lock: "lck_1" } as const;
    expect(audit({ at, actor, action: "lock.lift", outcome: "done", subjects })).toEqual({});
    // @ts-expect-error -- no lock
    audit({ at, actor, action: "lock.lift", outcome: "done", subjects: {} });
    // @ts-expect-error -- no subjects at all
    audit({ at, actor, action: "lock.lift", outcome: "done" });
    // @ts-expect-error -- a session is not what a lock is about
    audit({ at, actor, action: "lock.lift", outcome: "done", subjects: { lock: "lck_1", session: "ses_1" } });
    // @ts-expect-error -- nobody says who acted
    audit({ at, action: "lock.lift", outcome: "done", subjects });
    // @ts-expect-error -- no such action
    audit({ at, actor, action: "lock.open", outcome: "done", subjects });
    // What was refused names what the caller named.
    audit({ at, actor: null, action: "lock.lift", outcome: "refused", subjects: {} });
  });

  test("does not compile with a fact that nobody has classified, however it came there, and never keeps one", () => {
    const subjects = { lock: "lck_1" } as const;
    const known = { reason: "x" };
    expect(audit({ at, actor, action: "lock.lift", outcome: "done", subjects, facts: known })).toEqual(known);
    const more = { ...known, password: "hunter2" };
    // @ts-expect-error -- nobody has classified a password
    expect(audit({ at, actor, action: "lock.lift", outcome: "done", subjects, facts: more })).toEqual(known);
    // @ts-expect-error -- nor when it is spread
    audit({ at, actor, action: "lock.lift", outcome: "done", subjects, facts: { ...more, ...known } });
    expect(keptFacts("lock.open", known)).toEqual({});
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect(keptFacts("lock.lift", { [name]: 1 })).toEqual({});
      expect(keptFacts(name, known)).toEqual({});
    }
  });

  test("has a class for every fact, and each subject once", () => {
    for (const [name, { must, may, facts }] of Object.entries(actions)) {
      expect([name, Object.values(facts).filter((one) => !factClasses.includes(one))]).toEqual([name, []]);
      expect([name, new Set([...must, ...may]).size]).toEqual([name, must.length + may.length]);
    }
  });

  test.each(["docs/audit-log.md", "docs/ja/audit-log.md"])(
    "%s has a row for each action that names something",
    (page) => {
      const text = readFileSync(page, "utf8");
      const rows = Object.entries(actions).map(([name, { must, may, facts }]) => {
        const own = Object.entries(facts).filter(([fact]) => fact !== "face" && fact !== "code");
        const of = (kind: string) => own.filter(([, one]) => one === kind).map(([fact]) => `\`${fact}\``);
        const subjects = [...must.map((one) => `\`${one}\``), ...may.map((one) => `(\`${one}\`)`)];
        return [`\`${name}\``, ...[subjects, of("public"), of("sensitive")].map((cell) => cell.join(", ") || "–")];
      });
      const wanted = rows.filter(([, ...cells]) => cells.some((cell) => cell !== "–"));
      expect(wanted.length).toBeGreaterThan(20);
      expect(wanted.map((row) => `| ${row.join(" | ")} |`).filter((row) => !text.includes(row))).toEqual([]);
    },
  );
});
