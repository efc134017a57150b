import type { ReactNode } from "react";
import css from "./card.module.css";
import { Name } from "./name.tsx";

type Edge = "none" | "open" | "wait" | "stop" | "ai";

/** A sheet on the paper; the coloured edge repeats the state that its badge tells. */
export function Card({ children, edge = "none", label }: { children: ReactNode; edge?: Edge; label?: string }) {
  const classes = `${css.card} ${css[edge]}`;
  if (label === undefined) return <div className={classes}>{children}</div>;
  return (
    <article className={classes} aria-label={label}>
      {children}
    </article>
  );
}

/** A titled part of a page. */
export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className={css.section}>
      <div className={css.head}>
        <h2 className={css.title}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Names and values, as a description list; a row may be named after somebody. */
export function Facts({ rows }: { rows: ([name: string, value: ReactNode] | null)[] }) {
  return (
    <dl className={css.facts}>
      {rows.map(
        (row, index) =>
          row && (
            <div key={`${index} ${row[0]}`} className={css.fact}>
              <dt>
                <Name long>{row[0]}</Name>
              </dt>
              <dd>{row[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
