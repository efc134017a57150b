import type { Window } from "../../protocol/window.ts";
import { localInstants, toLocalInput } from "../app/time.ts";

const minuteMs = 60_000;
const hourMs = 3_600_000;

/**
 * Each side is wall time of this computer's zone, as it was typed into an input; an instant with a `Z`, where the person
 * has said which of two is meant; or `now` and `+2h`, where a button named it: that one keeps its length while the rest of
 * the form is filled in.
 */
export interface TypedWindow {
  start: string;
  end: string;
}

export function emptyWindow(): TypedWindow {
  return { start: "", end: "" };
}

/** The window from the minute in which it is sent, so many hours long. */
export function quickWindow(hours: number): TypedWindow {
  return { start: "now", end: `+${hours}h` };
}

/** The same window with one side typed anew; the other one stands still from now on. */
export function retyped(typed: TypedWindow, side: keyof TypedWindow, text: string, nowMs: number): TypedWindow {
  const standing = (time: string) => {
    const instant = relative(time, nowMs);
    return instant === null ? time : new Date(instant).toISOString();
  };
  return { start: standing(typed.start), end: standing(typed.end), [side]: text };
}

/** What the input shows for either side of a window. */
export function inputText(time: string, nowMs: number): string {
  const instant = relative(time, nowMs) ?? (time.endsWith("Z") ? Date.parse(time) : null);
  return instant === null ? time : toLocalInput(instant);
}

/** Every instant that a side may mean: see {@link localInstants}. */
export function instantsOf(time: string, nowMs: number): number[] {
  const instant = relative(time, nowMs) ?? (time.endsWith("Z") ? Date.parse(time) : null);
  return instant === null ? localInstants(time) : [instant];
}

/**
 * The window that is meant, or null while it is none or could be another. A start that has passed while the form was filled
 * in becomes this very minute: nobody asks for the past.
 */
export function asWindow(typed: TypedWindow, nowMs: number): Window | null {
  const [start, otherStart] = instantsOf(typed.start, nowMs);
  const [end, otherEnd] = instantsOf(typed.end, nowMs);
  if (start === undefined || end === undefined || otherStart !== undefined || otherEnd !== undefined) return null;
  return {
    start: new Date(Math.max(start, minuteOf(nowMs))).toISOString(),
    end: new Date(end).toISOString(),
  };
}

function minuteOf(ms: number): number {
  return ms - (ms % minuteMs);
}

function relative(time: string, nowMs: number): number | null {
  if (time === "now") return minuteOf(nowMs);
  const hours = /^\+(\d)h$/.exec(time)?.[1];
  return hours === undefined ? null : minuteOf(nowMs) + Number(hours) * hourMs;
}
