import { admit } from "../../../authority/admission.ts";
import type { PersonCaller } from "../../../authority/caller.ts";
import { newId } from "../../../crypto/random.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { Scope } from "../../../store/scope.ts";
import { listSessions } from "../../../store/session.ts";
import { asPin } from "../../brand.ts";
import { AgentEnd, approved, asked, connectGateway } from "./parts.ts";
import { World } from "./world.ts";

export const system = Scope.system();
export const clientKey = asPin("A".repeat(43));

/** A grant whose window is open, with gateway and agent connected. */
export async function ready(o: { gateway?: false; agent?: false; passkeyMs?: number } = {}) {
  const world = await World.open();
  await world.enrol("approver", o.passkeyMs === undefined ? {} : { ms: o.passkeyMs });
  const gateway = o.gateway ?? (await connectGateway(world));
  const agent = o.agent ?? (await AgentEnd.connect(world, "agentA"));
  if (agent) await agent.hello(world);
  const technician = await world.caller("technician");
  const request = await asked(world, technician);
  const grant = await approved(world, "approver", request.id, request.windows);
  const service = world.devices.own.services[1] ?? newId("service");
  const native = { grant: grant.id, service, client: "native", clientKey } as const;
  const open = (caller: PersonCaller = technician, input: Partial<Parameters<typeof admit>[2]> = {}) =>
    admit(world.context, caller, { ...native, ...input });
  const row = async (id: Id<"session">) => (await listSessions(world.store.db, system, id))[0];
  const sessions = async () => (await listSessions(world.store.db, system)).length;
  const heard = async () => {
    if (agent) await agent.heard();
  };
  return { world, gateway, agent: agent as AgentEnd, technician, grant, open, row, sessions, heard };
}
export type Ready = Awaited<ReturnType<typeof ready>>;
