import { WorkstationList, type WorkstationView } from "../protocol/api/workstation.ts";
import { Nothing } from "../protocol/schema.ts";
import type { Api } from "./api.ts";
import { exitCodes } from "./exit-code.ts";
import { chooseNamed } from "./name.ts";
import { findPerson } from "./person.ts";
import { type Cli, signedIn } from "./verb.ts";

/** `genkan person workstation list PERSON`: computers of somebody whom this person administers. */
export async function personWorkstations(cli: Cli, name: string): Promise<number> {
  const own = await workstationsOf(signedIn(cli), name);
  for (const workstation of own) cli.terminal.result({ workstation }, lines(cli, workstation));
  if (own.length === 0) cli.terminal.result({ workstations: [] }, [cli.terminal.text("none")]);
  return exitCodes.done;
}

/** `genkan person workstation remove PERSON WORKSTATION`: theirs no more, and what is connected from it is cut. */
export async function personRemoveWorkstation(
  cli: Cli,
  name: string,
  workstation: string,
  o: { reason: string },
): Promise<number> {
  const api = signedIn(cli);
  const own = await workstationsOf(api, name);
  const { id, label } = chooseNamed("workstation", own, workstation, (one) => ({ id: one.id, names: [one.label] }));
  await api.post(`/api/workstations/${id}/removal`, { reason: o.reason }, Nothing);
  cli.terminal.result({ removed: id }, [cli.terminal.text("workstation-removed", { label })]);
  return exitCodes.done;
}

async function workstationsOf(api: Api, name: string): Promise<WorkstationView[]> {
  const person = await findPerson(api, name);
  const { workstations } = await api.get("/api/workstations", WorkstationList);
  return workstations.filter((one) => one.person.id === person.id);
}

function lines({ terminal }: Cli, { id, label, keys, createdAt, lastUsedAt }: WorkstationView): string[] {
  const used = lastUsedAt ?? terminal.text("none");
  return [
    `${id}  ${label}  ${terminal.text("workstation-uses", { since: createdAt, used })}`,
    ...keys.map(({ kind, thumbprint }) => `  ${kind}  SHA256:${thumbprint}`),
  ];
}
