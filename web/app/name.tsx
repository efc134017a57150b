import css from "./name.module.css";

/** Somebody's name as it was given: kept in one piece, and apart from the direction of the text around it. */
export function Name({ children }: { children: string }) {
  return <bdi className={css.name}>{children}</bdi>;
}
