/** Why a device's answer is not shown: Chromium would not show it either, or two readers could take it for two things. */
export const unreadables = [
  "no-answer",
  "not-http",
  "head-too-large",
  "head-with-zero",
  "two-lengths",
  "two-targets",
  "two-names",
  "unasked-switch",
] as const;
export type Unreadable = (typeof unreadables)[number];

/** How much of it is shown to the person. */
const shownCharacters = 80;

/** An answer of which nothing is passed on. The page says why, and what the device sent. */
export class UnreadableAnswer extends Error {
  override readonly name = "UnreadableAnswer";
  readonly why: Unreadable;
  /** Its first line, printable ASCII alone. */
  readonly begins: string;

  constructor(why: Unreadable, bytes: Buffer) {
    super(why);
    this.why = why;
    this.begins = (
      bytes
        .toString("latin1", 0, 1_024)
        .split(/[\r\n]/)
        .find(Boolean) ?? ""
    )
      .replace(/[^\x20-\x7e]/g, "\u00b7")
      .slice(0, shownCharacters);
  }
}
