import type { Obligations } from "./obligations.ts";

export const noObligations: Obligations = {
  requirement: null,
  recording: "counts",
  bytes: { up: null, down: null },
  files: null,
  supervision: "none",
  consent: "none",
  warnings: [],
};

/** Members that are beyond what agents of this version keep: recording by counts and by rows, and nothing else. */
export function notKept(obligations: Obligations): (keyof Obligations)[] {
  const { requirement, recording, bytes, files, supervision, consent, warnings } = obligations;
  const kept: Record<keyof Obligations, boolean> = {
    requirement: requirement === null,
    recording: recording !== "stream",
    bytes: bytes.up === null && bytes.down === null,
    files: files === null,
    supervision: supervision === "none",
    consent: consent === "none",
    warnings: warnings.length === 0,
  };
  return (Object.keys(kept) as (keyof Obligations)[]).filter((name) => !kept[name]);
}
