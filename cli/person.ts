import { AccountList, AccountView, OneTimeLink } from "../protocol/api/account.ts";
import { Me } from "../protocol/api/me.ts";
import { type Id, isId } from "../protocol/make-id.ts";
import { type Role, roles } from "../protocol/person.ts";
import type { Api } from "./api.ts";
import { exitCodes } from "./exit-code.ts";
import { chooseNamed } from "./name.ts";
import { UsageError } from "./usage-error.ts";
import { type Cli, signedIn } from "./verb.ts";

export interface PlaceOptions {
  readonly site?: string;
  readonly vendor?: string;
  readonly installation?: true;
  readonly until?: string;
}

/** `genkan person list`: whom this person administers. */
export async function personList(cli: Cli): Promise<number> {
  const { people } = await signedIn(cli).get("/api/accounts", AccountList);
  for (const person of people) cli.terminal.result({ person }, [line(cli, person)]);
  return exitCodes.done;
}

/** `genkan person invite LOGIN`: the one-time link is told once. */
export async function personInvite(
  cli: Cli,
  login: string,
  o: PlaceOptions & { name: string; role: string },
): Promise<number> {
  const api = signedIn(cli);
  const body = { name: o.name, login, roles: rolesOf(o.role), ...(await placeOf(api, o)), until: untilOf(o) };
  const link = await api.post("/api/accounts", body, OneTimeLink);
  return told(cli, link);
}

/** `genkan person link NAME`: another link for somebody who has not enrolled. */
export async function personLink(cli: Cli, name: string): Promise<number> {
  const api = signedIn(cli);
  const { id } = await findPerson(api, name);
  return told(cli, await api.post(`/api/accounts/${id}/invitation`, {}, OneTimeLink));
}

/** `genkan person recover NAME`: their passkeys are lost. */
export async function personRecover(cli: Cli, name: string, reason: string): Promise<number> {
  const api = signedIn(cli);
  const { id } = await findPerson(api, name);
  return told(cli, await api.post(`/api/accounts/${id}/recovery`, { reason }, OneTimeLink));
}

/** `genkan person roles NAME`: what they are at a place, instead of all that they were there. */
export async function personRoles(cli: Cli, name: string, o: PlaceOptions & { role: string }): Promise<number> {
  const api = signedIn(cli);
  const { id } = await findPerson(api, name);
  const body = { ...(await placeOf(api, o)), roles: rolesOf(o.role), until: untilOf(o) };
  return shown(cli, await api.post(`/api/accounts/${id}/roles`, body, AccountView));
}

/** `genkan person disable NAME` and `enable`. */
export async function personTurn(cli: Cli, name: string, verb: "disable" | "enable"): Promise<number> {
  const api = signedIn(cli);
  const { id } = await findPerson(api, name);
  return shown(cli, await api.post(`/api/accounts/${id}/${verb}`, {}, AccountView));
}

/** Id of whom this person administers: by id, name or login. */
export async function findPerson(api: Api, text: string): Promise<{ id: Id<"person"> }> {
  if (isId("person", text)) return { id: text };
  const { people } = await api.get("/api/accounts", AccountList);
  return chooseNamed("person", people, text, ({ id, name, login }) => ({ id, names: [name, login] }));
}

function shown(cli: Cli, person: AccountView): number {
  cli.terminal.result({ person }, [line(cli, person)]);
  return exitCodes.done;
}

function told(cli: Cli, link: OneTimeLink): number {
  const words = { name: link.person.name, until: link.expiresAt };
  cli.terminal.result({ link }, [cli.terminal.text("person-link", words), link.url]);
  return exitCodes.done;
}

function line({ terminal }: Cli, { login, name, state, memberships }: AccountView): string {
  const of = memberships.map(
    ({ site, vendor, roles }) =>
      `${site?.name ?? vendor?.name ?? "*"}: ${roles.map((role) => terminal.codes.roles[role]).join(", ")}`,
  );
  return `${login}  ${name}  ${state}  ${of.join("; ")}`;
}

function rolesOf(text: string): Role[] {
  return text.split(",").map((word) => {
    const role = roles.find((one) => one === word.trim());
    if (!role) throw new UsageError("role-unknown", { role: word, known: roles.join(", ") });
    return role;
  });
}

const untilOf = ({ until }: PlaceOptions) => (until === undefined ? null : new Date(until).toISOString());

/** Where it is named, or the only place at which whoever asks administers. */
async function placeOf(api: Api, o: PlaceOptions): Promise<{ site: string | null; vendor: string | null }> {
  if (o.installation) return { site: null, vendor: null };
  if (o.site !== undefined || o.vendor !== undefined) return { site: o.site ?? null, vendor: o.vendor ?? null };
  const { memberships } = await api.get("/api/me", Me);
  const administered = memberships.filter(({ roles }) =>
    roles.some((role) => role === "administrator" || role === "vendor-administrator"),
  );
  const [only, another] = administered;
  if (!only || another) throw new UsageError("person-place-missing");
  return { site: only.site?.id ?? null, vendor: only.vendor?.id ?? null };
}
