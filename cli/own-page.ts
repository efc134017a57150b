import { GenkanError } from "../protocol/error.ts";

/**
 * Address of a page of this very server, in the one form that a URL has: all that a person is ever sent to. Whatever else a
 * server may answer would reach the system's opener: a file, another computer's share, an option, a page that looks alike.
 * Throws `internal`, without the address.
 */
export function ownPage(text: string, origin: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const web = url?.protocol === "https:" || url?.protocol === "http:";
  if (!url || !web || url.origin !== origin || url.username !== "" || url.password !== "")
    throw new GenkanError("internal", "The server's answer leads to a page that is not its own.");
  return url.href;
}
