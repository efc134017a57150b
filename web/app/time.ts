import type { Window } from "../../protocol/window.ts";

export type Locale = "ja" | "en";
const dayMs = 86_400_000;
const tags = { ja: "ja-JP", en: "en-GB" } as const;

/** How much of an instant is told: `year` where the day may be far away, `exact` also to the second, as a log does. */
export type Detail = "short" | "year" | "exact";

/** "11月21日(金) 19:30 JST" or "Fri 21 Nov 19:30 JST": never without its zone. */
export function instantText(instant: string | number, zone: string, locale: Locale, detail: Detail = "short"): string {
  const day = dayText(instant, zone, locale, detail);
  return `${day} ${clockText(instant, zone, locale, detail)} ${zoneText(instant, zone)}`;
}

/**
 * The same for an interval; the day of the end is left out when it is the day of the start. Where clocks change in
 * between, each end has its own zone: "01:30–01:30" is no hour that anybody would recognise.
 */
export function windowText(window: Window, zone: string, locale: Locale): string {
  const from = `${dayText(window.start, zone, locale)} ${clockText(window.start, zone, locale)}`;
  const startZone = zoneText(window.start, zone);
  const endZone = zoneText(window.end, zone);
  const endDay = dayText(window.end, zone, locale);
  const sameDay = dayText(window.start, zone, locale) === endDay;
  const to = `${sameDay ? "" : `${endDay} `}${clockText(window.end, zone, locale)} ${endZone}`;
  if (startZone !== endZone) return `${from} ${startZone} – ${to}`;
  return `${from}${sameDay ? "–" : " – "}${to}`;
}

/** "19:30", or "19:30:05" where it is exact. */
export function clockText(instant: string | number, zone: string, locale: Locale, detail: Detail = "short"): string {
  const options: Intl.DateTimeFormatOptions = {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  };
  return format(locale, detail === "exact" ? { ...options, second: "2-digit" } : options).format(new Date(instant));
}

/** "11月21日(金)" or "Fri 21 Nov". */
export function dayText(instant: string | number, zone: string, locale: Locale, detail: Detail = "short"): string {
  const options: Intl.DateTimeFormatOptions = { timeZone: zone, month: "short", day: "numeric", weekday: "short" };
  return format(locale, detail === "short" ? options : { ...options, year: "numeric" })
    .format(new Date(instant))
    .replace(",", "");
}

/** "JST", "GMT-4", "UTC" at that instant: one name in every language, so that two people can compare what they read. */
export function zoneText(instant: string | number, zone: string): string {
  const parts = format("ja", { timeZone: zone, timeZoneName: "short" }).formatToParts(new Date(instant));
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** Whether both zones read alike at both ends of the window, so that one line is enough. Their names may differ. */
export function readAlike(window: Window, one: string, other: string): boolean {
  return [window.start, window.end].every((instant) => offsetText(instant, one) === offsetText(instant, other));
}

/** "GMT+09:00": how far the clocks of a zone are from UTC at that instant. */
function offsetText(instant: string, zone: string): string | undefined {
  const parts = format("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(new Date(instant));
  return parts.find((part) => part.type === "timeZoneName")?.value;
}

/** "2時間15分" or "2 h 15 min"; seconds only below ten minutes. Never negative. */
export function durationText(ms: number, locale: Locale): string {
  const total = Math.max(0, Math.floor(ms / 1_000));
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3_600);
  const minutes = Math.floor((total % 3_600) / 60);
  const seconds = total % 60;
  const parts: [number, string, string][] = [
    [days, "日", "d"],
    [hours, "時間", "h"],
    [days > 0 ? 0 : minutes, "分", "min"],
    [total < 600 ? seconds : 0, "秒", "s"],
  ];
  const shown = parts.filter(([value]) => value > 0);
  if (shown.length === 0) return locale === "ja" ? (total === 0 ? "0秒" : "0分") : total === 0 ? "0 s" : "0 min";
  return shown
    .map(([value, ja, en]) => (locale === "ja" ? `${value}${ja}` : `${value} ${en}`))
    .join(locale === "ja" ? "" : " ");
}

/** Value of a `datetime-local` input for an instant, in this computer's zone, to the minute. */
export function toLocalInput(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  // The input takes a year of four digits only, and has such a one after the first digit that is typed of it: 0002.
  const day = `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/**
 * Every instant that such an input may mean: one as a rule, two in the hour that comes twice when clocks go back, none in
 * the hour that they leave out, or for what is no time.
 */
export function localInstants(value: string): number[] {
  const wall = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value) ? Date.parse(`${value}Z`) : Number.NaN;
  if (Number.isNaN(wall)) return [];
  // Offsets of a day before and after are those of both sides of any change in between.
  const offsets = [-dayMs, dayMs].map((far) => new Date(wall + far).getTimezoneOffset() * 60_000);
  return [...new Set(offsets)]
    .map((offset) => Math.round(wall + offset))
    .filter((instant) => toLocalInput(instant) === value.slice(0, 16))
    .toSorted((a, b) => a - b);
}

/** The one that is meant where nobody can be asked: the earlier of two. */
export function fromLocalInput(value: string): number | null {
  return localInstants(value)[0] ?? null;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(tags[locale], options);
    formats.set(key, known);
  }
  return known;
}
