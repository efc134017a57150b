import { createContext, type ReactNode, useContext, useEffect, useRef } from "react";
import css from "./page-title.module.css";
import { hasMoved } from "./router.tsx";

/** How much waits for this person, told by the document's title where the tab is not the one in front. */
export const Waiting = createContext(0);

/** The page's heading: names the document, and takes the focus after a move, so that a reader hears where it is. */
export function PageTitle({ title, aside, children }: { title: string; aside?: ReactNode; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasMoved()) heading.current?.focus({ preventScroll: true });
  }, []);
  const waiting = useContext(Waiting);
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${title} · Genkan`;
  }, [title, waiting]);
  return (
    <div className={css.head}>
      <div>
        <h1 className={css.title} tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {children && <p className={css.lead}>{children}</p>}
      </div>
      {aside}
    </div>
  );
}
