/** Bounds of what is a person's own. To be read as members of `limits` (`protocol/limits.ts`). */
export const accountLimits = {
  /** A page says this long before that a sign-in is about to end for idleness: time to press a button. */
  idleWarningMs: 60_000,
  /** A link in place of lost passkeys: whoever gives it speaks to the person that day. */
  recoveryMs: 86_400_000,
  /** A person's passkeys: a phone, a key on the ring, one in the drawer, and each once more while it is renewed. */
  passkeysPerPerson: 16,
} as const;
