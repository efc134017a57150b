/** One thing said to a person, in both languages of the product. */
export interface Message {
  readonly ja: string;
  readonly en: string;
}

export const message = (ja: string, en: string): Message => ({ ja, en });

/** A start that can't go on, with what to do about it. `detail` is what a program said of it, as it said it. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly says: Message;
  readonly detail: string;

  constructor(says: Message, detail = "") {
    super(detail === "" ? says.en : `${says.en}\n${detail}`);
    this.says = says;
    this.detail = detail;
  }
}
