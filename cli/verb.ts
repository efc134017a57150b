import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import { Api } from "./api.ts";
import { parseOrigin } from "./http.ts";
import type { StateFolder } from "./state-folder.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** What every verb is handed. A verb returns its exit code and throws what failed. */
export interface Cli {
  readonly folder: StateFolder;
  readonly terminal: Terminal;
  /** Wall time, milliseconds. */
  readonly now: () => number;
  /** IANA zone of this computer; undefined where it has none with a name. Times are shown in UTC then. */
  readonly zone: string | undefined;
  /** Name of this computer, as its workstation's label. */
  readonly hostName: string;
  /** Server to speak to instead of the one signed in to last. */
  readonly origin: string | undefined;
  /** Shows a page of the server `origin` in the person's browser, if that can be done; throws for any other page. */
  readonly openPage: (page: string, origin: string) => void;
  /** Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** The server that a verb speaks to. With `face`, one of that face if the current one is not. */
export function originOf(cli: Cli, face?: Face): string {
  if (cli.origin !== undefined) return parseOrigin(cli.origin);
  const { current, origins } = cli.folder.profile();
  if (current !== null && (face === undefined || origins[current]?.face === face)) return current;
  const other = Object.keys(origins).find((origin) => origins[origin]?.face === face);
  if (other === undefined) throw new UsageError("origin-missing");
  return other;
}

/** The API without a token. `ca` is what was given now; otherwise what the profile has. */
export function apiAt(cli: Cli, origin: string, ca?: string): Api {
  const known = cli.folder.profile().origins[origin];
  return new Api({
    origin,
    face: known?.face ?? null,
    ca: ca ?? known?.ca ?? null,
    key: cli.folder.key("dpop"),
    accessToken: null,
    now: cli.now,
  });
}

/**
 * The API as the person who signed in; for what only one face does, at the server of that face. Throws `unauthenticated` if
 * nobody did, or too long ago.
 */
export function signedIn(cli: Cli, face?: Face): Api {
  const origin = originOf(cli, face);
  const token = cli.folder.token(origin);
  if (!token || Date.parse(token.expiresAt) <= cli.now()) throw new GenkanError("unauthenticated");
  return apiAt(cli, origin).withToken(token.accessToken);
}
