/** Several measurements of one thing. */
export interface Spread {
  readonly n: number;
  readonly min: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** One line of the report: ours, and beside it what the same run gave for the plainest thing that does the like. */
export interface Figure {
  readonly figure: string;
  readonly unit: string;
  readonly ours: Spread | number;
  readonly beside: { readonly what: string; readonly value: Spread | number };
  /** What a reader must know to read it right. */
  readonly note: string;
}

/** How much to measure: `n` of a figure's own, scaled. */
export interface Effort {
  times(n: number): number;
  say(progress: string): void;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
  return { n: sorted.length, min: at(0), p50: at(0.5), p99: at(0.99), max: at(1) };
}

export const round = (value: number): number => Number(value.toPrecision(4));

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
