import type { ReactNode } from "react";
import css from "./state-badge.module.css";

export type Tone = "open" | "wait" | "stop" | "calm" | "note";

const signs: Record<Tone, string> = { open: "●", wait: "◐", stop: "✕", calm: "○", note: "◆" };

/** A state in words, with a sign and a colour that never carry it alone. */
export function StateBadge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`${css.badge} ${css[tone]}`}>
      <span aria-hidden="true">{signs[tone]}</span>
      {children}
    </span>
  );
}
