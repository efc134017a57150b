import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { circles } from "./architecture/circles.ts";
import { reasonAgainst, silent } from "./architecture/reasons.ts";
import { breaches, filesImported } from "./architecture/rules.ts";
import { folders, longestFile, owners, unbounded } from "./architecture/table.ts";

const known = [...Object.keys(folders), ...unbounded];
const files = known.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|tsx|mts|cts|js|mjs|jsx)$/.test(name))
    .map((name) => `${folder}/${name}`),
);

describe("architecture", () => {
  it("reads the whole tree", () => {
    for (const folder of ["protocol", "crypto", "bin", "test"]) {
      expect(files.filter((file) => file.startsWith(`${folder}/`)).length, folder).toBeGreaterThan(1);
    }
  });

  it("knows every folder that holds source", () => {
    const strangers = readdirSync(".", { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map((entry) => entry.name)
      .filter((name) => !["node_modules", "dist", "data", ...known].includes(name))
      .filter((name) => readdirSync(name, { recursive: true, encoding: "utf8" }).some((file) => /\.tsx?$/.test(file)));
    expect(strangers).toEqual([]);
  });

  it("gives every dependency an owner", () => {
    const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
    const orphans = Object.keys(dependencies).filter((name) => name !== "node" && !(owners[name]?.length ?? 0));
    expect(orphans).toEqual([]);
  });

  it("has no cycle among folders", () => {
    const below = (folder: string): string[] => (folders[folder] ?? []).flatMap((next) => [next, ...below(next)]);
    for (const folder of Object.keys(folders)) expect(below(folder), folder).not.toContain(folder);
  });

  it("has no circle of files, types included", () => {
    const imported = files.map((file) => [file, filesImported(file, readFileSync(file, "utf8"))] as const);
    expect(imported.flatMap(([, others]) => others).length).toBeGreaterThan(2_000);
    expect(circles(new Map(imported))).toEqual([]);
  });

  it("says of each folder why it may not import what it may not", () => {
    expect(silent()).toEqual([]);
    for (const [from, may] of Object.entries(folders))
      for (const to of known.filter((other) => other !== from && !may.includes(other)))
        expect(reasonAgainst(from, to), `${from} ${to}`).toMatch(/^\S.{20,}$/);
  });

  it("is kept by every file", () => {
    expect(files.flatMap((file) => breaches(file, readFileSync(file, "utf8")))).toEqual([]);
  });
});

describe("a circle of files", () => {
  const tree = (files: Record<string, string>) =>
    circles(new Map(Object.entries(files).map(([file, text]) => [file, filesImported(file, text)])));

  it("is found, with the files on it, also where only types make it", () =>
    expect(
      tree({
        "link/a.ts": 'import { b } from "./b.ts"',
        "link/b.ts": 'import type { C } from "./deep/c.ts"',
        "link/deep/c.ts": 'export type { A } from "../a.ts"',
      }),
    ).toEqual([["link/a.ts", "link/b.ts", "link/deep/c.ts", "link/a.ts"]]));

  it("is found behind a file that was seen before", () =>
    expect(
      tree({
        "link/a.ts": 'import { c } from "./c.ts"',
        "link/b.ts": 'import { c } from "./c.ts"\nimport { d } from "./d.ts"',
        "link/c.ts": "export const c = 1",
        "link/d.ts": 'type B = import("./b.ts").B',
      }),
    ).toEqual([["link/b.ts", "link/d.ts", "link/b.ts"]]));

  it("is none where two files import a third", () =>
    expect(tree({ "link/a.ts": 'import "./c.ts"', "link/b.ts": 'import "./c.ts"', "link/c.ts": "" })).toEqual([]));
});

/** Each rule is shown catching its fault: one breach in an otherwise clean file. */
describe("a rule of the architecture", () => {
  it.each([
    ["policy/probe.ts", 'import { x } from "../gateway/x.ts"'],
    ["policy/probe.ts", 'import type { X } from "../store/x.ts"'],
    ["policy/probe.ts", 'export * from "../gateway/x.ts"'],
    ["policy/probe.ts", 'export { x } from "../gateway/x.ts"'],
    ["policy/probe.ts", 'const x = () => import("../gateway/x.ts")'],
    ["policy/probe.ts", 'type X = import("../gateway/x.ts").X'],
    ["policy/probe.ts", 'import "../gateway/x.ts"'],
    ["gateway/probe.ts", 'import { x } from "../store/x.ts"'],
    ["gateway/probe.ts", 'import { x } from "../authority/x.ts"'],
    ["agent/probe.ts", 'import { x } from "../policy/x.ts"'],
    ["cli/probe.ts", 'import { x } from "../channels/x.ts"'],
    ["agent/deep/probe.ts", 'import { x } from "../../sample/x.ts"'],
    ["protocol/probe.ts", 'import { x } from "../test/x.ts"'],
    ["policy/probe.ts", 'import type { X } from "../protocol/api/x.ts"'],
    ["agent/deep/probe.ts", 'import { x } from "../../protocol/api/x.ts"'],
  ])("flags %s: %s, a missing edge", (file, text) => expect(breaches(file, text)).toHaveLength(1));

  it("is told with its reason", () => {
    const [found] = breaches("gateway/probe.ts", 'import { x } from "../store/x.ts"');
    expect(found).toContain("the gateway has no database");
    const [inside] = breaches("policy/probe.ts", 'import { x } from "../protocol/api/x.ts"');
    expect(inside).toContain("bodies and views are the API's");
  });

  it.each([
    ["gateway/probe.ts", 'import f from "fastify"'],
    ["gateway/probe.ts", 'import f from "left-pad"'],
    ["gateway/probe.ts", 'import { randomBytes } from "node:crypto"'],
    ["gateway/probe.ts", 'import { randomBytes } from "crypto"'],
    ["agent/probe.ts", 'import net from "node:net"'],
    ["agent/probe.ts", 'import { connect, type Socket } from "node:tls"'],
    ["agent/probe.ts", 'import { exec } from "node:child_process"'],
    ["agent/probe.ts", 'import { request } from "node:http2"'],
    ["agent/probe.ts", 'import Type from "typebox"'],
    ["agent/probe.ts", 'import { x } from "jose/key/import"'],
    ["authority/probe.ts", 'import { Command } from "commander"'],
    ["policy/probe.ts", 'import { Check } from "typebox/value"'],
    ["policy/probe.ts", 'import { readFileSync } from "node:fs"'],
    ["protocol/probe.ts", 'import { readFileSync } from "fs"'],
    ["web/src/probe.tsx", 'import { join } from "node:path"'],
    ["store/probe.ts", "const x = (name: string) => import(name)"],
  ])("flags %s: %s, a package of others", (file, text) => expect(breaches(file, text)).toHaveLength(1));

  it.each([
    ["agent/probe.ts", "const x = process.env.HOME"],
    ["agent/probe.ts", "const x = process['env']['HOME']".replaceAll("'", '"')],
    ["web/src/probe.ts", "const [, x] = process.argv"],
    ["store/probe.ts", 'import { env } from "node:process"'],
  ])("flags %s: %s, the environment", (file, text) => expect(breaches(file, text).length).toBeGreaterThan(0));

  it.each([
    ["authority/probe.ts", 'const x = (db: Db) => db.selectFrom("person")'],
    ["authority/probe.ts", 'const x = (change: Change) => change.db["insertInto"]("site")'],
    ["bin/authority/probe.ts", 'const x = (store: Store) => store.db.updateTable("agent")'],
    ["api/probe.ts", "const x = c.store.db.deleteFrom"],
  ])("flags %s: %s, a query outside store/", (file, text) => expect(breaches(file, text)).toHaveLength(1));

  it.each([
    ["store/probe.ts", 'const x = { effect: "allow" } as Decision<"allow", "admit">'],
    ["test/unit/probe.test.ts", "const x = { decision: y as unknown as Decision }"],
    ["authority/probe.ts", "const x = y as { readonly decision: Decision | null }"],
    ["authority/probe.ts", 'const x = text as Id<"grant">'],
    ["cli/probe.ts", 'const x = texts as readonly Id<"grant">[]'],
    ["cli/probe.ts", "const x = `ses_${name}`"],
    ["store/probe.ts", 'const x: Id<"site"> = "sit_1"'],
  ])("flags %s: %s, a proof that nobody made", (file, text) => expect(breaches(file, text)).toHaveLength(1));

  it.each(["it.skip", "describe.only", "test.todo", "it.concurrent.skip", "it.skipIf(true)", "describe.runIf(false)"])(
    "flags %s in a test",
    (call) => expect(breaches("test/unit/probe.test.ts", `${call}("x", () => {})`)).toHaveLength(1),
  );

  it.each(["agent/util.ts", "agent/http-helpers.ts", "store/common/rows.ts", "authority/manager.ts", "link/mux.v2.ts"])(
    "flags the name %s",
    (file) => expect(breaches(file, "")).toHaveLength(1),
  );

  it("flags a file that is too long", () =>
    expect(breaches("agent/probe.ts", "\n".repeat(longestFile + 1))).toHaveLength(1));

  it("flags what does not parse", () => expect(breaches("agent/probe.ts", "const = 1")).toHaveLength(1));

  it.each([
    ["agent/probe.ts", 'import type { Socket } from "node:net"\nimport { type TLSSocket } from "node:tls"'],
    ["agent/probe.ts", 'import type { Static } from "typebox"\nimport { Check } from "typebox/value"'],
    ["agent/probe.ts", 'import { x } from "../channels/http/x.ts"\nimport { y } from "./y.ts"'],
    ["bin/probe.ts", 'import { x } from "../sample/x.ts"\nconst x = process.env.HOME'],
    ["web/vite.config.ts", 'import { join } from "node:path"\nimport { defineConfig } from "vite"'],
    ["store/consent.ts", 'import { sql } from "kysely"\nconst x = (db: Db) => db.selectFrom("consent")'],
  ])("lets %s be: %s", (file, text) => expect(breaches(file, text)).toEqual([]));
});
