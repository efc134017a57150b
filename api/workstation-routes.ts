import type { Context } from "../authority/context.ts";
import { enrolWorkstation } from "../authority/workstation.ts";
import { removeOfPerson } from "../authority/workstation-removal.ts";
import { WorkstationEnrol, WorkstationList, WorkstationRemoval } from "../protocol/api/workstation.ts";
import { type Face, faces } from "../protocol/face.ts";
import { Id } from "../protocol/id.ts";
import { Nothing, Strict } from "../protocol/schema.ts";
import { listWorkstations } from "../store/workstation.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";

export function workstationRoutes(c: Context, face: Face): Endpoint[] {
  return [
    endpoint({
      method: "POST",
      url: "/api/workstations",
      faces: ["portal"],
      permission: ["technician"],
      audit: "workstation.enrol",
      body: WorkstationEnrol.body,
      reply: WorkstationEnrol.reply,
      handle: ({ body, caller }) => enrolWorkstation(c, face, caller, body),
    }),
    endpoint({
      method: "GET",
      url: "/api/workstations",
      faces,
      permission: "signed-in",
      audit: "workstation.read",
      reply: WorkstationList,
      handle: async ({ caller }) => ({ workstations: await listWorkstations(c.store.db, caller.scope) }),
    }),
    endpoint({
      method: "POST",
      url: "/api/workstations/:id/removal",
      faces,
      permission: ["administrator", "vendor-administrator"],
      audit: "workstation.remove",
      params: Strict({ id: Id("workstation") }),
      body: WorkstationRemoval,
      reply: Nothing,
      handle: async ({ caller, params, body }) => {
        await removeOfPerson(c, caller, params.id, body.reason);
        return {};
      },
    }),
  ];
}
