/** What a shell or script sees. */
export const exitCodes = {
  done: 0,
  /** Refused or failed; the line on stderr, or the JSON object on stdout, says why. */
  failed: 1,
  /** The command was not understood, or can't be run like this. */
  usage: 2,
  /** `connect`: the other side ended the session. */
  ended: 3,
} as const;
