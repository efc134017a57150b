import { type Code, words } from "./words.ts";

export type State = "ok" | "warn" | "fail";
export type Language = "en" | "ja";

/** What one check of a doctor found. */
export interface Finding {
  readonly state: State;
  readonly code: Code;
  /** Put into the words: paths, addresses, counts; never a secret. */
  readonly facts: Readonly<Record<string, string>>;
}

export const found = (state: State, code: Code, facts: Finding["facts"] = {}): Finding => ({ state, code, facts });

/** What it says, and what to do next; nothing is to be done where all is well. */
export function spoken({ state, code, facts }: Finding, language: Language): { says: string; next: string | null } {
  const [says, next] = words[code][language];
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? "–");
  return { says: fill(says), next: state === "ok" || next === "" ? null : fill(next) };
}

/** Prints what was found, a line each, and returns the exit code: 1 where something fails. */
export function report(
  findings: readonly Finding[],
  o: { readonly json?: true | undefined; readonly language: Language; readonly write: (text: string) => void },
): 0 | 1 {
  const well = findings.every(({ state }) => state !== "fail");
  if (o.json) {
    const told = findings.map((finding) => ({ ...finding, ...spoken(finding, o.language) }));
    o.write(`${JSON.stringify({ ok: well, findings: told })}\n`);
  } else
    for (const finding of findings) {
      const { says, next } = spoken(finding, o.language);
      o.write(`${finding.state.padEnd(4)} ${says}\n${next === null ? "" : `     → ${next}\n`}`);
    }
  return well ? 0 : 1;
}
