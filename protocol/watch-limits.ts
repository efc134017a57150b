/** Bounds of `doctor` and of the ports of metrics. To be read as members of `limits` (`protocol/limits.ts`). */
export const watchLimits = {
  /** Below it a recording or the log may find no room within the hour. */
  doctorDiskFailBytes: 100_000_000,
  /** Room for some days; below it somebody should look. */
  doctorDiskWarnBytes: 1_000_000_000,
  /** Two weeks are enough to find whoever renews it. */
  doctorCertificateWarnMs: 1_209_600_000,
  /** A synchronised clock is never so far off, and a header's second and the way add up to less. */
  doctorClockWarnMs: 5_000,
  /** A handshake takes milliseconds; whoever sits there waits for several in a row. */
  doctorReachMs: 5_000,
  /** Connections to a port of metrics: a scraper or two, and somebody who looks. */
  metricsConnections: 16,
  /** A scraper asks at once; whoever does not gives its place up. */
  metricsRequestMs: 5_000,
} as const;
