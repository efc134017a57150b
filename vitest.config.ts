import { defineConfig } from "vitest/config";
import { longPatienceMs, patienceMs } from "./test/patience.ts";

/**
 * No module of ours keeps what one test could leave to another, so files share those of their process instead of loading all
 * anew. Some wait for a socket or a clock: one process more than the two cores fills that time.
 */
const shared = {
  testTimeout: patienceMs,
  hookTimeout: patienceMs,
  isolate: false,
  pool: "forks",
  maxWorkers: 3,
  expect: { poll: { timeout: patienceMs } },
} as const;

/** They start real programs, browsers and servers: one file at a time, so that each finds the machine to itself. */
const real = {
  testTimeout: longPatienceMs,
  hookTimeout: longPatienceMs,
  fileParallelism: false,
  isolate: false,
  expect: { poll: { timeout: longPatienceMs } },
  sequence: { groupOrder: 1 },
} as const;

export default defineConfig({
  test: {
    reporters: ["default", "./test/run/second-try.ts"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts", "test/*.test.ts", "test/attacks/*.test.ts"],
          ...shared,
        },
      },
      {
        test: {
          name: "component",
          include: ["test/component/**/*.test.ts", "test/attacks/authority/*.test.ts"],
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
