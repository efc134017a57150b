const hourMs = 3_600_000;
const dawn = 6 * hourMs;
const dusk = 17 * hourMs;

/** A word for a day: which times of day it can mean, and how many days ahead of today's date that is. */
interface DayWord {
  readonly covers: (clock: number) => boolean;
  /** Both in milliseconds since midnight. */
  readonly daysAhead: (clock: number, now: number) => number;
}

const today: DayWord = { covers: () => true, daysAhead: () => 0 };
const tomorrow: DayWord = { covers: () => true, daysAhead: () => 1 };
/** From 17:00 to 06:00: who says "tonight 01:00" in the evening means after midnight, and means today when it is night already. */
const tonight: DayWord = {
  covers: (clock) => clock < dawn || clock >= dusk,
  daysAhead: (clock, now) => (clock < dawn && (now >= dawn || clock < now) ? 1 : 0),
};
const tomorrowMorning: DayWord = { covers: (clock) => clock < 12 * hourMs, daysAhead: () => 1 };

/** The longer ones first, for one may begin with another. */
export const dayWords: Readonly<Record<string, DayWord>> = {
  tomorrow,
  明日: tomorrow,
  あした: tomorrow,
  あす: tomorrow,
  明朝: tomorrowMorning,
  tonight,
  今夜: tonight,
  今晩: tonight,
  today,
  今日: today,
  本日: today,
};

/** Milliseconds since midnight of `09:00`, `9:00`, `09:00:30`, `9時`, `9時半` or `9時30分`; undefined for anything else. */
export function hourOf(typed: string): number | undefined {
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(typed) ?? /^(\d{1,2})時(?:(\d{1,2})分|(半))?$/.exec(typed);
  if (!clock) return undefined;
  const hours = Number(clock[1]);
  const half = clock[3] === "半";
  const minutes = half ? 30 : Number(clock[2] ?? 0);
  const seconds = half ? 0 : Number(clock[3] ?? 0);
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return hours * hourMs + minutes * 60_000 + seconds * 1_000;
}

/** Milliseconds of `2h`, `90m`, `1h30m`, `2時間`, `30分`, `1時間半`; undefined for anything else. */
export function durationOf(typed: string): number | undefined {
  const match = /^(?:(\d{1,4})(?:h|時間))?(?:(\d{1,4})(?:m|min|分)|(半))?$/.exec(typed.replaceAll(" ", ""));
  if (!match || typed === "") return undefined;
  const [, hours, minutes, half] = match;
  if (hours === undefined && minutes === undefined) return undefined;
  const ms = Number(hours ?? 0) * hourMs + (half === undefined ? Number(minutes ?? 0) : 30) * 60_000;
  return ms === 0 ? undefined : ms;
}
