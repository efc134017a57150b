import { useSyncExternalStore } from "react";
import css from "./announce.module.css";
import { i18n } from "./language.ts";

const shownMs = 6_000;
let text = "";
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

/** Says what has just happened: shown for a moment, and read out by a screen reader. */
export function announce(message: string): void {
  set(message);
  clearTimeout(timer);
  timer = setTimeout(() => set(""), shownMs);
}

function set(message: string): void {
  text = message;
  for (const listener of listeners) listener();
}

/** What is shown was said in the language before, and would stay so. */
i18n.on("languageChanged", () => set(""));

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Announcements() {
  const message = useSyncExternalStore(subscribe, () => text);
  return (
    <div role="status" aria-live="polite" className={css.region}>
      {message && <div className={css.note}>{message}</div>}
    </div>
  );
}
