import { wallClock } from "../protocol/wall-clock.ts";
import { knownZone } from "./zoned-time.ts";

/**
 * `2026-03-01 18:00 (Asia/Tokyo)`: the same in each language, so that two people can compare it over the telephone. In
 * UTC where the zone is not known.
 */
export function zonedTime(instant: string, shown: string | undefined): string {
  const zone = knownZone(shown) ?? "UTC";
  const { date, time } = wallClock(Date.parse(instant), zone);
  return `${date} ${time} (${zone})`;
}

/** A window in one zone, or in UTC; the date of its end only if it is another, offsets only where clocks change in between. */
export function zonedWindow(window: { start: string; end: string }, shown: string | undefined): string {
  const zone = knownZone(shown) ?? "UTC";
  const start = wallClock(Date.parse(window.start), zone);
  const end = wallClock(Date.parse(window.end), zone);
  const until = start.date === end.date ? end.time : `${end.date} ${end.time}`;
  if (start.offset === end.offset) return `${start.date} ${start.time}–${until} (${zone})`;
  return `${start.date} ${start.time}${start.offset}–${until}${end.offset} (${zone})`;
}

/** All of them in one line. */
export function zonedWindows(windows: readonly { start: string; end: string }[], shown: string | undefined): string {
  return windows.map((window) => zonedWindow(window, shown)).join(", ");
}

/** An instant where the device is, and here too where the clocks show another time. */
export function timeInBoth(instant: string, siteZone: string, ownZone: string | undefined): string {
  return inBoth((zone) => zonedTime(instant, zone), siteZone, ownZone);
}

/** The same of windows. */
export function windowsInBoth(
  windows: readonly { start: string; end: string }[],
  siteZone: string,
  ownZone: string | undefined,
): string {
  return inBoth((zone) => zonedWindows(windows, zone), siteZone, ownZone);
}

function inBoth(show: (zone: string | undefined) => string, siteZone: string, ownZone: string | undefined): string {
  const there = show(siteZone);
  const here = show(ownZone);
  // Only the zones' names may differ: then it is one time.
  const clocks = (text: string) => text.replace(/\([^)]*\)/g, "");
  return knownZone(ownZone) === undefined || clocks(there) === clocks(here) ? there : `${there} = ${here}`;
}

/** `1:02:03` or `2:03`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** IEC units: `999 B`, `1.5 MiB`. */
export function byteCount(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${units[unit]}`;
}

/** Rows in columns, each as wide as its widest cell; the last is left as it is. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, width(cell));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell + " ".repeat((widths[at] ?? 0) - width(cell))))
      .join("  "),
  );
}

/** Columns of a terminal: East Asian wide and full-width characters take two (Unicode TR 11). */
export function width(text: string): number {
  let columns = 0;
  for (const character of text.normalize("NFC")) {
    if (/\p{Mark}/u.test(character)) continue;
    columns +=
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\u30fc\uff01-\uff60\uffe0-\uffe6]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}

/** As much of a line as fits, with a mark where it was cut. */
export function fit(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = "";
  for (const character of text) {
    if (width(kept) + width(character) > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
