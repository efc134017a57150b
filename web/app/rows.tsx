import type { ReactNode } from "react";
import css from "./rows.module.css";

/** A compact list on one sheet: what is settled and only looked up. */
export function Rows({ children }: { children: ReactNode }) {
  return <ul className={css.rows}>{children}</ul>;
}

export function Row({ children, aside }: { children: ReactNode; aside: ReactNode }) {
  return (
    <li className={css.row}>
      <div className={css.what}>{children}</div>
      {aside}
    </li>
  );
}

/** A line of lesser weight inside a row. */
export function Small({ children }: { children: ReactNode }) {
  return <div className={css.small}>{children}</div>;
}
