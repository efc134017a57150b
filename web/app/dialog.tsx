import { type ReactNode, type SyntheticEvent, useEffect, useId, useRef } from "react";
import css from "./dialog.module.css";

/**
 * A modal on the browser's own dialog element: it keeps the focus inside, closes on Escape and gives the focus back. Its
 * content exists only while it is open.
 */
export function Dialog(props: { opened: boolean; close: () => void; title: string; children: ReactNode }) {
  const { opened, close, title, children } = props;
  return opened ? (
    <Open close={close} title={title}>
      {children}
    </Open>
  ) : null;
}

function Open({ close, title, children }: { close: () => void; title: string; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>("textarea, button")?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  // Escape closes by way of the page's own state: what the browser closes by itself is told to the page only later.
  const cancel = (event: SyntheticEvent) => {
    event.preventDefault();
    close();
  };
  return (
    <dialog ref={dialog} className={css.dialog} aria-labelledby={name} onCancel={cancel} onClose={close}>
      <h2 id={name} className={css.title}>
        {title}
      </h2>
      {children}
    </dialog>
  );
}
