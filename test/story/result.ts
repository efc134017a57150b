import type { StepName } from "./names.ts";

/** What was seen: numbers, hashes, codes. It goes into the report as it is. */
export type Evidence = Readonly<Record<string, unknown>>;

/** One line of `npm run story -- --json`. */
export interface StepResult {
  readonly step: StepName;
  readonly ok: boolean;
  readonly ms: number;
  readonly evidence: Evidence;
}

/** Reads such a line; undefined for anything else. */
export function parseResult(line: string): StepResult | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "step" in value && "ok" in value
      ? (value as StepResult)
      : undefined;
  } catch {
    return undefined;
  }
}
