import { defineConfig } from "vitest/config";

/**
 * No module of ours keeps what one test could leave to another, so files share those of their process instead of loading all
 * anew. Some wait for a socket or a clock: one process more than the two cores fills that time.
 */
const shared = { isolate: false, pool: "forks", maxWorkers: 3 } as const;

/**
 * They start real programs, browsers and servers: one file at a time, so that each finds the machine to itself. Other work on
 * that machine may still make one run out of its time, so such a test is tried once more.
 */
const real = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  retry: 1,
  fileParallelism: false,
  isolate: false,
  sequence: { groupOrder: 1 },
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts", "test/*.test.ts", "test/attacks/*.test.ts"],
          testTimeout: 60_000,
          ...shared,
        },
      },
      {
        test: {
          name: "component",
          include: ["test/component/**/*.test.ts", "test/attacks/authority/*.test.ts"],
          testTimeout: 60_000,
          ...shared,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts", "test/attacks/world/*.test.ts", "test/fuzz/*.test.ts"],
          exclude: ["test/integration/store/**"],
          ...real,
        },
      },
      {
        test: {
          name: "store",
          include: ["test/integration/store/*.test.ts"],
          globalSetup: ["test/parts/postgres-setup.ts"],
          ...real,
        },
      },
    ],
  },
});
