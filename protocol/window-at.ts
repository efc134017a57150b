import type { Window } from "./window.ts";

/** The window that is open at an instant (epoch milliseconds), and undefined while none is. */
export function openWindow<W extends Window>(windows: readonly W[], now: number): W | undefined {
  return windows.find(({ start, end }) => Date.parse(start) <= now && now < Date.parse(end));
}

/** The window that is open at an instant, or else the next to open; undefined once all are over. */
export function nextWindow<W extends Window>(windows: readonly W[], now: number): W | undefined {
  return windows.find(({ end }) => now < Date.parse(end));
}

/** `scheduled` also between two windows. */
export function windowState(windows: readonly Window[], now: number): "scheduled" | "open" | "closed" {
  if (openWindow(windows, now)) return "open";
  return nextWindow(windows, now) ? "scheduled" : "closed";
}

/** From the first one's start to the last one's end: the order and the lists go by it. */
export function spanOf(windows: readonly Window[]): Window {
  const [first] = windows;
  const last = windows.at(-1);
  if (!first || !last) throw new RangeError("There is at least one window.");
  return { start: first.start, end: last.end };
}
