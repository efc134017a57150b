/** Bounds of providers that sign people in. To be read as members of `limits` (`protocol/limits.ts`). */
export const providerLimits = {
  /** Providers of one installation: the hospital's own, and one of each large vendor; each is a button. */
  providers: 32,
  /** Lines of one mapping: a group for each role at each of a group's hospitals. */
  claimRules: 200,
  /** Name or value of a claim; names that are addresses, and groups by their distinguished name, fit. */
  claimCharacters: 512,
  /** Roles that one line gives: as many as a place has. */
  rolesPerClaimRule: 4,
  /** A client's secret, as providers make them; a long one is a key that was pasted by mistake. */
  clientSecretCharacters: 512,
  /** Values of `acr` or `amr` that count as two factors. */
  factorValues: 16,
  /** The longest that a provider may have known somebody before they must show themselves anew: a day. */
  providerAgeSeconds: 86_400,
} as const;
