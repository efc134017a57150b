import type { Context } from "../authority/context.ts";
import { faceOrigin } from "../authority/hosts.ts";
import { verifyWithJwk } from "../crypto/statement.ts";
import { WorkstationEnrol, WorkstationList } from "../protocol/api/workstation.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import { EnrolmentProof } from "../protocol/statement.ts";
import { Scope } from "../store/scope.ts";
import { setSignInWorkstation } from "../store/sign-in.ts";
import {
  findWorkstationByKey,
  insertWorkstation,
  insertWorkstationKey,
  listWorkstations,
} from "../store/workstation.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";

/**
 * Takes a key's own signature that it is held here and now, for this origin and subject. Throws `proof-invalid`.
 */
export async function verifyEnrolment(c: Context, face: Face, proof: string, subject: string) {
  const { payload, thumbprint, jwk } = await verifyWithJwk(
    "genkan/enrolment/v1",
    EnrolmentProof,
    proof,
    "proof-invalid",
  );
  const age = Math.abs(c.now().getTime() - Date.parse(payload.issuedAt));
  if (payload.origin !== faceOrigin(c.hosts, face) || payload.subject !== subject || !(age <= limits.ceremonyMs))
    throw new GenkanError("proof-invalid");
  return { thumbprint, jwk };
}

export function workstationRoutes(c: Context, face: Face): Endpoint[] {
  const system = Scope.system();
  return [
    endpoint({
      method: "POST",
      url: "/api/workstations",
      faces: ["portal"],
      permission: ["technician"],
      audit: "workstation.enrol",
      body: WorkstationEnrol.body,
      reply: WorkstationEnrol.reply,
      handle: async ({ body, caller }) => {
        const { thumbprint, jwk } = await verifyEnrolment(c, face, body.proof, caller.signIn.id);
        return c.store.change(async (change) => {
          const { db } = change;
          const known = await findWorkstationByKey(db, system, thumbprint);
          // A key that is another person's stays theirs: two people at one computer are two workstations.
          if (known && known.person !== caller.person.id) throw new GenkanError("proof-invalid");
          const at = c.now();
          const workstation =
            known?.id ??
            (await insertWorkstation(db, caller.scope, { person: caller.person.id, label: body.label, at }));
          await setSignInWorkstation(db, caller.scope, caller.signIn.id, workstation);
          if (!known) {
            await insertWorkstationKey(db, caller.scope, { workstation, kind: "browser", thumbprint, jwk, at });
            await change.audit({
              at,
              action: "workstation.enrol",
              outcome: "done",
              actor: caller.person,
              vendor: caller.person.vendor?.id ?? null,
              subjects: { workstation },
              facts: { kind: "browser", thumbprint, label: body.label },
            });
          }
          change.touch("me");
          return { workstation };
        });
      },
    }),
    endpoint({
      method: "GET",
      url: "/api/workstations",
      faces: ["portal", "staff"],
      permission: "signed-in",
      audit: "workstation.read",
      reply: WorkstationList,
      handle: async ({ caller }) => ({ workstations: await listWorkstations(c.store.db, caller.scope) }),
    }),
  ];
}
