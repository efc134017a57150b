import type { Message } from "./message.ts";

/** How the launcher speaks: to people in both languages, or as one JSON object per line. */
export interface Teller {
  step(says: Message): void;
  /** Facts for programs, and what people are told of them. */
  facts(event: string, facts: Readonly<Record<string, unknown>>, text: string): void;
  trouble(says: Message, detail?: string): void;
}

export function teller(json: boolean, write: (line: string) => void): Teller {
  if (json) {
    const line = (event: string, facts: object) => write(JSON.stringify({ event, ...facts }));
    return {
      step: (says) => line("step", says),
      facts: (event, facts) => line(event, facts),
      trouble: (says, detail) => line("trouble", { ...says, detail: detail ?? "" }),
    };
  }
  return {
    step: (says) => write(`  ✓ ${says.ja} — ${says.en}`),
    facts: (_event, _facts, text) => write(text),
    trouble: (says, detail) =>
      write(`\n  ✗ ${says.ja}\n  ✗ ${says.en}\n${(detail ?? "").replace(/^(?=.)/gm, "    | ")}`),
  };
}
