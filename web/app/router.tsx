import { type ComponentPropsWithoutRef, type MouseEvent, type ReactNode, useSyncExternalStore } from "react";
import { matchPath } from "./path.ts";

/** One page: where it lives and what it shows. */
export interface Route {
  path: string;
  page: (named: Record<string, string>) => ReactNode;
}

let moved = false;

/** Whether this document has changed its path: a first page leaves the focus where the browser put it. */
export function hasMoved(): boolean {
  return moved;
}

export function navigate(path: string, options: { replace?: boolean; state?: unknown } = {}): void {
  moved = true;
  history[options.replace ? "replaceState" : "pushState"](options.state ?? null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
  if (!options.replace) scrollTo(0, 0);
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

function subscribe(changed: () => void): () => void {
  addEventListener("popstate", changed);
  return () => removeEventListener("popstate", changed);
}

/** The page of the current path, or `otherwise`. */
export function Pages({ routes, otherwise }: { routes: Route[]; otherwise: ReactNode }): ReactNode {
  const path = usePath();
  for (const route of routes) {
    const named = matchPath(route.path, path);
    if (named) return <div key={path}>{route.page(named)}</div>;
  }
  return otherwise;
}

/** A link inside the face: a real anchor, so that opening it in a new tab and copying it work. */
export function Link({ href, onClick, ...rest }: ComponentPropsWithoutRef<"a"> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    navigate(href);
  };
  return <a href={href} onClick={follow} {...rest} />;
}
