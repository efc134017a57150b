import { useEffect, useState } from "react";

/** Authority's clock minus this computer's, milliseconds: a page never says "open" by a wrong wall clock of its own. */
let offset = 0;

export function setAuthorityNow(instant: string): void {
  offset = Date.parse(instant) - Date.now();
}

/** Now by the authority's clock, milliseconds since the epoch. */
export function now(): number {
  return Date.now() + offset;
}

/** {@link now}, again every `everyMs`. */
export function useNow(everyMs = 1_000): number {
  const [value, setValue] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setValue(now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return value;
}

/** IANA zone of this computer. */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
