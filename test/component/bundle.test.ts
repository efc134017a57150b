import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bundle, bundledPrograms } from "../../package/bundle.ts";

const root = join(import.meta.dirname, "../..");
const listed = JSON.parse(readFileSync(join(root, "docs/bundles.json"), "utf8")) as Record<string, string[]>;

/** The authority's own list is that of package-lock.json, nearly whole: what packaging lists (SBOM) says it. */
const watched = bundledPrograms.filter((program) => program !== "genkan-authority");

describe("the one-file programs", () => {
  test("are all listed, and no other", () => {
    expect(Object.keys(listed).sort()).toEqual([...watched].sort());
  });

  test.each(watched)("%s contains what docs/bundles.json lists, and nothing else", async (program) => {
    expect((await bundle(program, { commit: "test" })).contents).toEqual(listed[program]);
  });

  test("the gateway has no database, no policy, no HTTP framework and no channel in it", () => {
    const foreign = ["store/", "policy/", "authority/", "api/", "channels/", "agent/", "fastify", "kysely"];
    expect(listed["genkan-gateway"]?.filter((part) => foreign.includes(part))).toEqual([]);
  });
});
