import { Fragment } from "react";
import { defused } from "../../protocol/words.ts";
import css from "./name.module.css";

/**
 * What somebody has typed, wherever a page shows it: apart from the direction of the text around it, and without characters
 * that would turn or hide it. A name is kept in one piece; `long` is a text of several words or lines, and breaks like one.
 */
export function Name({ children, long = false }: { children: string; long?: boolean }) {
  return <bdi className={long ? undefined : css.name}>{defused(children)}</bdi>;
}

/** Several of them, each apart from the others. */
export function Names({ of, between = " · " }: { of: readonly string[]; between?: string }) {
  return of.map((name, place) => (
    <Fragment key={`${place} ${name}`}>
      {place > 0 && between}
      <Name>{name}</Name>
    </Fragment>
  ));
}
