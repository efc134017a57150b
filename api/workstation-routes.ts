import type { Context } from "../authority/context.ts";
import { enrolWorkstation } from "../authority/workstation.ts";
import { WorkstationEnrol, WorkstationList } from "../protocol/api/workstation.ts";
import { type Face, faces } from "../protocol/face.ts";
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
  ];
}
