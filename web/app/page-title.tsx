import { type ReactNode, useEffect, useRef } from "react";
import css from "./page-title.module.css";
import { hasMoved } from "./router.tsx";

/** The page's heading: names the document, and takes the focus after a move, so that a reader hears where it is. */
export function PageTitle({ title, aside, children }: { title: string; aside?: ReactNode; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasMoved()) heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = `${title} · Genkan`;
  }, [title]);
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
