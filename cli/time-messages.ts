import type { Text } from "./text.ts";

/** What is said of times that can't be meant. */
export const timeMessages = {
  "time-invalid": {
    en: '"{text}" is not a time. Give 01:00 (the next one), "tonight 23:00", "tomorrow 09:00", +2h, now, 2026-03-01T09:00, or the last with Z or +09:00.',
    ja: "「{text}」は時刻として読めません。01:00(次の 1 時)、「今夜 23:00」「明日 09:00」、+2h、now、2026-03-01T09:00(Z や +09:00 も可)のように指定してください。",
  },
  "time-not-of-day": {
    en: '"{text}": tonight is from 17:00 to 06:00, and a morning ends at 12:00. Say tomorrow, or give the date.',
    ja: "「{text}」: 今夜は 17:00 から 06:00、明朝は 12:00 までです。「明日」か日付で指定してください。",
  },
  "time-skipped": {
    en: '"{text}": {time} does not exist in {zone}, where the clocks are put forward over it. Give another.',
    ja: "「{text}」: {zone} では時計が進められるため、{time} は存在しません。別の時刻を指定してください。",
  },
  "time-twice": {
    en: '"{text}" happens twice in {zone}, where the clocks are put back. Give {first} or {second}.',
    ja: "「{text}」: {zone} では時計が戻されるため、二度あります。{first} か {second} と指定してください。",
  },
  "duration-invalid": {
    en: '"{text}" is no length of time, such as 2h, 30m or 1h30m.',
    ja: "「{text}」は長さとして読めません。2h、30m、1h30m(2時間、30分)のように指定してください。",
  },
  "window-until-or-for": {
    en: "Until when? Give --until TIME or --for 2h, one of them.",
    ja: "終了を --until 時刻 か --for 2h のどちらか一方で指定してください。",
  },
  "window-backwards": {
    en: "It would end before it starts: {window}.",
    ja: "終了が開始より前です: {window}。",
  },
  "window-past": {
    en: "That time is past: {window}. It is now {now}.",
    ja: "過ぎた時間です: {window}。現在は {now} です。",
  },
  "window-too-long": {
    en: "{window} is longer than the {hours} hours of one request. Ask for the rest in another one.",
    ja: "{window} は 1 回の申請の上限、{hours}時間を超えています。残りは別に申請してください。",
  },
  "window-too-far": {
    en: "{window} is more than {days} days ahead. Ask nearer to it.",
    ja: "{window} は {days} 日より先です。近くなってから申請してください。",
  },
  "zone-unknown": {
    en: '"{zone}" is no IANA time zone, such as Asia/Tokyo.',
    ja: "「{zone}」は IANA タイムゾーン(例: Asia/Tokyo)ではありません。",
  },
} as const satisfies Record<string, Text>;
