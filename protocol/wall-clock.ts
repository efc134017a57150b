/** What the clocks of a zone show at an instant. */
export interface WallClock {
  /** `2026-03-01` */
  readonly date: string;
  /** `18:00` */
  readonly time: string;
  /** `18:00:30` */
  readonly exact: string;
  /** `+09:00`: how far they are ahead of UTC. */
  readonly offset: string;
}

/** `instant` in milliseconds since 1970; `zone` as the runtime knows it. */
export function wallClock(instant: number, zone: string): WallClock {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "longOffset",
  });
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const time = `${part["hour"]}:${part["minute"]}`;
  return {
    date: `${part["year"]}-${part["month"]}-${part["day"]}`,
    time,
    exact: `${time}:${part["second"]}`,
    offset: (part["timeZoneName"] ?? "").replace("GMT", ""),
  };
}
