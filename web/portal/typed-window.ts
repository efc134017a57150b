import type { Window } from "../../protocol/grant.ts";
import { fromLocalInput } from "../app/time.ts";

const minuteMs = 60_000;

/** What the two inputs hold: wall time of this computer's zone, as typed. */
export interface TypedWindow {
  start: string;
  end: string;
}

export function emptyWindow(): TypedWindow {
  return { start: "", end: "" };
}

/**
 * The window that is meant, or null while it is none. A start that has passed while the form was filled in becomes
 * this very minute: nobody asks for the past.
 */
export function asWindow(typed: TypedWindow, nowMs: number): Window | null {
  const start = fromLocalInput(typed.start);
  const end = fromLocalInput(typed.end);
  if (start === null || end === null) return null;
  return {
    start: new Date(Math.max(start, nowMs - (nowMs % minuteMs))).toISOString(),
    end: new Date(end).toISOString(),
  };
}
