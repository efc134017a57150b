import { attest, attestations } from "../authority/attestation.ts";
import type { Context } from "../authority/context.ts";
import { Attest, AttestationList } from "../protocol/api/attestation.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";

const own = { faces: ["portal"], permission: ["vendor-administrator"] } as const;

/** A vendor's word on its own people. */
export function attestationRoutes(c: Context): Endpoint[] {
  return [
    endpoint({
      ...own,
      method: "GET",
      url: "/api/attestations",
      audit: "account.read",
      reply: AttestationList,
      handle: ({ caller }) => attestations(c.store.db, caller, c.now()),
    }),
    endpoint({
      ...own,
      method: "POST",
      url: "/api/attestations",
      audit: "person.attest",
      body: Attest,
      reply: AttestationList,
      handle: ({ caller, body }) => attest(c.store, caller, body.people, c.now()),
    }),
  ];
}
