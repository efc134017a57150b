import { type ReactNode, type SyntheticEvent, useEffect, useId, useRef } from "react";
import css from "./dialog.module.css";

interface DialogProps {
  close: () => void;
  /** Asked at the very moment of an Escape: whether something that was begun in it is under way, so that it stays open. */
  held?: () => boolean;
  title: string;
  children: ReactNode;
}

/**
 * A modal on the browser's own dialog element: it keeps the focus inside, closes on Escape and gives the focus back. Its
 * content exists only while it is open.
 */
export function Dialog({ opened, ...open }: DialogProps & { opened: boolean }) {
  return opened ? <Open {...open} /> : null;
}

function Open({ close, held = () => false, title, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  // Escape closes by way of the page's own state: what the browser closes by itself is told to the page only later.
  const cancel = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!held()) close();
  };
  // A browser may close it whatever the page says to that, so that no page can keep somebody in.
  const closed = () => {
    if (held()) dialog.current?.showModal();
    else close();
  };
  return (
    <dialog ref={dialog} className={css.dialog} aria-labelledby={name} onCancel={cancel} onClose={closed}>
      <h2 id={name} className={css.title}>
        {title}
      </h2>
      {children}
    </dialog>
  );
}
