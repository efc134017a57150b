import Type from "typebox";
import { Id } from "../id.ts";
import { Instant, Name, OneOf, Pin, RequestJws, SmallCount, Strict, Thumbprint } from "../schema.ts";
import { Service } from "../service.ts";
import { workstationKeyKinds } from "../workstation.ts";

/**
 * GET /api/requests/:id/ground: what a yes to a request stands on. The page verifies the signed request itself, shows the
 * rest, and signs for nothing else.
 */
export const ApprovalGround = Strict({
  /** As the workstation signed it. */
  statement: RequestJws,
  agent: Strict({ id: Id("agent"), name: Name, key: Pin }),
  /** With their addresses. */
  services: Type.Array(Service),
  /** Of each key that the request names. */
  keys: Type.Array(
    Strict({
      thumbprint: Thumbprint,
      kind: OneOf(workstationKeyKinds),
      /** Since when this workstation has it. */
      since: Instant,
      /** Grants with it whose approvals are signatures of the list in force, up to `keyApprovalsCounted`; 0: it is new. */
      approvals: SmallCount,
    }),
  ),
});
export type ApprovalGround = Type.Static<typeof ApprovalGround>;

/** POST /api/requests/:id/mismatch: the page was to sign something else than it shows, and has signed nothing. */
export const ApprovalMismatch = {
  body: Strict({ faults: Type.Array(Type.String({ pattern: "^[a-z-]{1,32}$" }), { minItems: 1, maxItems: 32 }) }),
};
