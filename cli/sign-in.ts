import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { publicJwkOf } from "../crypto/public-jwk.ts";
import { fingerprint, jwkThumbprint } from "../crypto/thumbprint.ts";
import { Me } from "../protocol/api/me.ts";
import type { Face } from "../protocol/face.ts";
import { signInByDevice } from "./device-flow.ts";
import { exitCodes } from "./exit-code.ts";
import { zonedTime } from "./format.ts";
import { parseOrigin } from "./http.ts";
import { UsageError } from "./usage-error.ts";
import { apiAt, type Cli, originOf, signedIn } from "./verb.ts";

interface LoginOptions {
  readonly portal?: string;
  readonly staff?: string;
  /** A file of certificates in PEM. */
  readonly ca?: string;
}

/** `genkan login`. Without a URL, at the server of last time. */
export async function login(cli: Cli, options: LoginOptions): Promise<number> {
  const { terminal, folder } = cli;
  const { origin, face } = serverOf(cli, options);
  const ca = options.ca === undefined ? undefined : readText(options.ca);
  const api = apiAt(cli, origin, ca);
  const token = await signInByDevice({
    api,
    workstation: face === "portal" ? { key: folder.key("workstation"), label: cli.hostName } : null,
    show: (code) => {
      terminal.event({ event: "code", ...code }, terminal.text("sign-in-open"));
      terminal.note(`  ${code.verificationUri}`);
      terminal.note(terminal.text("sign-in-type"));
      terminal.note(`  ${code.userCode}`);
      if (face === "portal") {
        terminal.note(terminal.text("sign-in-key"));
        terminal.note(`  ${ownFingerprint(cli)}`);
      }
      terminal.note(terminal.text("sign-in-own"));
      terminal.note(terminal.text("sign-in-waiting"));
      if (terminal.live) cli.openPage(code.verificationUri, origin);
    },
    wait: (ms) => wait(ms, undefined, { signal: cli.interrupted }),
  });
  folder.remember(origin, face, ca);
  folder.keepToken(origin, token);
  const me = await api.withToken(token.accessToken).get("/api/me", Me);
  const until = zonedTime(me.expiresAt, cli.zone);
  terminal.result({ event: "signed-in", origin, me }, [
    terminal.text("signed-in", { name: me.person.name, origin, until }),
  ]);
  return exitCodes.done;
}

/** One server, of a face that was said or is known: a technician shows a workstation's key, which staff have none of. */
function serverOf(cli: Cli, { portal, staff }: LoginOptions): { origin: string; face: Face } {
  const given = [portal, staff, cli.origin].filter((url) => url !== undefined);
  if (given.length > 1) throw new UsageError("login-servers");
  if (portal !== undefined) return { origin: parseOrigin(portal), face: "portal" };
  if (staff !== undefined) return { origin: parseOrigin(staff), face: "staff" };
  const origin = originOf(cli);
  const face = cli.folder.profile().origins[origin]?.face;
  if (face === undefined) throw new UsageError("login-face-missing", { origin });
  return { origin, face };
}

/** `genkan logout`: the token is forgotten here; the server forgets it too if it can be told. */
export async function logout(cli: Cli): Promise<number> {
  const origin = originOf(cli);
  const token = cli.folder.token(origin);
  cli.folder.dropToken(origin);
  // Without its key the token is worth nothing, so a server out of reach does not keep anybody signed in here.
  if (token)
    await apiAt(cli, origin)
      .withToken(token.accessToken)
      .order("/api/sign-out", {})
      .catch(() => {});
  cli.terminal.result({ event: "signed-out", origin }, [cli.terminal.text("signed-out", { origin })]);
  return exitCodes.done;
}

/** `genkan whoami`. */
export async function whoami(cli: Cli): Promise<number> {
  const { terminal } = cli;
  const api = signedIn(cli);
  const me = await api.get("/api/me", Me);
  const workstation = ownFingerprint(cli);
  const rows: [string, string][] = [
    [terminal.text("person"), `${me.person.name} (${me.person.id})`],
    ...me.memberships.flatMap(({ vendor, site, roles }): [string, string][] => [
      ...(vendor ? [[terminal.text("vendor"), vendor.name] as [string, string]] : []),
      ...(site ? [[terminal.text("site"), site.name] as [string, string]] : []),
      [terminal.text("roles"), roles.map((role) => terminal.codes.roles[role]).join(", ")],
    ]),
    [terminal.text("server"), api.origin],
    [terminal.text("until"), zonedTime(me.expiresAt, cli.zone)],
    ...(me.face === "portal" ? [[terminal.text("workstation"), workstation] as [string, string]] : []),
  ];
  terminal.result(
    { origin: api.origin, me, workstation },
    rows.map(([name, value]) => `${name}: ${value}`),
  );
  return exitCodes.done;
}

/** Of the key that is this computer to approvers and agents. */
function ownFingerprint(cli: Cli): string {
  return fingerprint(jwkThumbprint(publicJwkOf(cli.folder.key("workstation").publicKey)));
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new UsageError("file-unreadable", { file }, { cause });
  }
}
