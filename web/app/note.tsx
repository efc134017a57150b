import type { ReactNode } from "react";
import css from "./note.module.css";

/** Something to mind before going on. */
export function Note({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={css.note} role="note">
      <p className={css.title}>{title}</p>
      <p>{children}</p>
    </div>
  );
}
