const dayMs = 86_400_000;

/**
 * The contract of a device that is added without one on paper: from the beginning of this day (UTC) for a year. A page
 * asks for windows by the minute, so a contract of this very second would not cover one that begins now.
 */
export function contractYear(at: Date): { starts: Date; ends: Date } {
  const starts = Math.floor(at.getTime() / dayMs) * dayMs;
  return { starts: new Date(starts), ends: new Date(starts + 365 * dayMs) };
}
