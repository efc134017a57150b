const dayMs = 86_400_000;

/**
 * The contract of a device that is added without one on paper: from the beginning of yesterday, for a year from the
 * beginning of today (UTC). So it covers all of today in every zone, and a window that began some minutes ago just after midnight.
 */
export function contractYear(at: Date): { starts: Date; ends: Date } {
  const today = Math.floor(at.getTime() / dayMs) * dayMs;
  return { starts: new Date(today - dayMs), ends: new Date(today + 365 * dayMs) };
}
