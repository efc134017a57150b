import type { ReactNode } from "react";
import css from "./simple-rows.module.css";

/** Things below each other, each with what it is, how it stands and what can be done. */
export function Rows({ children }: { children: ReactNode }) {
  return <ul className={css.rows}>{children}</ul>;
}
