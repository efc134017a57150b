/** Bounds of setting an installation up. To be read as members of `limits` (`protocol/limits.ts`). */
export const setupLimits = {
  /** The code for the first administrator: printed on the server's console, and typed by whoever stands there. */
  firstCodeMs: 3_600_000,
  /** Wrong ones from one address in that time: fingers slip, and the code has 80 bits. */
  firstCodesPerAddress: 10,
  /** A test whether a device is reached: for the connection, and for TLS in it. Both end before the order's answer is due. */
  reachMs: 4_000,
  /** Devices that an agent dials for a test in this time, whoever asks: a person who goes through a list, not a scan. */
  reachTests: 30,
  reachTestsMs: 60_000,
  /** A backup that is older counts as none: a weekly one, and a day on top. */
  backupAgeMs: 691_200_000,
} as const;
