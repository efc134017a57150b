/** Bounds of what hospitals keep of vendors. To be read as members of `limits` (`protocol/limits.ts`). */
export const vendorLimits = {
  /** How often a vendor says that each of its people still works there, unless the installation is told otherwise: a quarter. */
  attestationMs: 7_776_000_000,
  /** It is warned this long before. */
  attestationWarningMs: 1_209_600_000,
  /** People of one such word: a large vendor. */
  attestedAtOnce: 500,
  /** How often those for whom nobody has said so are looked for; what they do ends at the instant itself. */
  attestationWatchMs: 10_000,
  /** Mail domains of one company: its own, and those of its daughters. */
  mailDomainsPerVendor: 20,
} as const;
