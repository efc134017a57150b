/** What must hold before a program is ready; docs/metrics.md says of each what to do. */
export const readyChecks = [
  "store",
  "log",
  "gateways",
  "authority",
  "approvers",
  "allow-list",
  "recorder",
  "certificates",
] as const;

export interface ReadyCheck {
  readonly check: (typeof readyChecks)[number];
  readonly ok: boolean;
  /** Why not; no name of a person or device. */
  readonly reason?: string;
}

export const holds = (check: ReadyCheck["check"], ok: boolean, reason: string): ReadyCheck =>
  ok ? { check, ok } : { check, ok, reason };

/** Whether certificates are in date; a host without one has none to look at. */
export function certificatesHold(ends: Readonly<Record<string, Date | undefined>>, now: Date): ReadyCheck {
  const over = Object.entries(ends).flatMap(([host, end]) => (end && end <= now ? [host] : []));
  return holds("certificates", over.length === 0, `expired: ${over.join(", ")}`);
}
