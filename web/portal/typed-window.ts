import type { Window } from "../../protocol/grant.ts";
import { fromLocalInput, toLocalInput } from "../app/time.ts";

const minuteMs = 60_000;
const hourMs = 3_600_000;

/**
 * Wall time of this computer's zone, as it was typed into an input; or an instant with a `Z`, where a button named it. In the
 * hour before clocks go back, one wall time means two instants.
 */
export interface TypedWindow {
  start: string;
  end: string;
}

export function emptyWindow(): TypedWindow {
  return { start: "", end: "" };
}

/** The window from this minute on, so many hours long. */
export function quickWindow(nowMs: number, hours: number): TypedWindow {
  const start = minuteOf(nowMs);
  return { start: new Date(start).toISOString(), end: new Date(start + hours * hourMs).toISOString() };
}

/** What the input shows for either side of a window. */
export function inputText(time: string): string {
  return time.endsWith("Z") ? toLocalInput(Date.parse(time)) : time;
}

/**
 * The window that is meant, or null while it is none. A start that has passed while the form was filled in becomes
 * this very minute: nobody asks for the past.
 */
export function asWindow(typed: TypedWindow, nowMs: number): Window | null {
  const start = instantOf(typed.start);
  const end = instantOf(typed.end);
  if (start === null || end === null) return null;
  return {
    start: new Date(Math.max(start, minuteOf(nowMs))).toISOString(),
    end: new Date(end).toISOString(),
  };
}

function minuteOf(ms: number): number {
  return ms - (ms % minuteMs);
}

function instantOf(time: string): number | null {
  return time.endsWith("Z") ? Date.parse(time) : fromLocalInput(time);
}
