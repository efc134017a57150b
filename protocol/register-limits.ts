/** Bounds of what administrators say of companies, devices and sites. To be read as members of `limits` (`protocol/limits.ts`). */
export const registerLimits = {
  /** Mail domains of one company: its own, and those of its daughters. */
  mailDomainsPerVendor: 20,
  /** A tag is a word or two, and a device has few: they are to be read at a glance. */
  tagCharacters: 40,
  tagsPerDevice: 16,
  /** Lines of a CSV file: so many are kept at once, and a cut that comes meanwhile waits for a few seconds at most. */
  sheetLines: 500,
  /** A CSV file: so many lines with notes of some length each. */
  sheetBytes: 1_048_576,
  /** The request that holds one: base64url is a third longer, and JSON around it. */
  sheetBodyBytes: 1_463_638,
  /** A maintenance fault may show up weeks later: what was done stays long enough to be looked into. */
  recordingDaysLeast: 90,
  /** What each record of the log says stays for a year at least, which an audit looks at; its hash stays for good. */
  logDaysLeast: 365,
  /** A century: beyond it is without end. */
  retentionDaysMost: 36_500,
} as const;
