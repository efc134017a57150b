import Type from "typebox";
import { signingRoles } from "../approvers.ts";
import { Window } from "../grant.ts";
import { Id } from "../id.ts";
import { PersonRef } from "../person.ts";
import {
  Instant,
  Name,
  Nullable,
  OneOf,
  PlanText,
  ReasonText,
  Sha256,
  SmallCount,
  Strict,
  ZoneName,
} from "../schema.ts";
import { ServiceRef } from "../service.ts";
import { Site } from "../site.ts";
import { Vendor } from "../vendor.ts";

/**
 * `pending` → `approved` (a grant exists) | `denied` | `withdrawn` | `expired` (its window passed unanswered).
 */
export const requestStates = ["pending", "approved", "denied", "withdrawn", "expired"] as const;

/** POST /api/requests */
export const RequestCreate = {
  body: Strict({
    device: Id("device"),
    services: Type.Array(Id("service"), { minItems: 1, maxItems: 16 }),
    window: Window,
    zone: ZoneName,
    reason: ReasonText,
    plan: PlanText,
  }),
};

/** How far the approvals of a pending request have come. */
export const ApprovalState = Strict({
  /** Persons that the site requires, and how many of their places are filled. */
  places: SmallCount,
  filled: SmallCount,
  /** Roles in which one more approver would fill another place. */
  wanted: Type.Array(OneOf(signingRoles)),
  approvers: Type.Array(PersonRef),
  /** The grant that the first of them signed: the others sign the same one, so its window is settled. */
  proposed: Nullable(Strict({ hash: Sha256, window: Window })),
});
export type ApprovalState = Type.Static<typeof ApprovalState>;

export const RequestView = Strict({
  id: Id("request"),
  state: OneOf(requestStates),
  person: PersonRef,
  vendor: Vendor,
  site: Site,
  /** Zone of the site; `zone` is the requester's. */
  siteZone: ZoneName,
  device: Strict({ id: Id("device"), name: Name, model: Type.String() }),
  services: Type.Array(ServiceRef),
  workstation: Strict({ id: Id("workstation"), label: Name }),
  window: Window,
  zone: ZoneName,
  reason: ReasonText,
  plan: PlanText,
  createdAt: Instant,
  decidedAt: Nullable(Instant),
  decidedBy: Nullable(PersonRef),
  denial: Nullable(ReasonText),
  grant: Nullable(Id("grant")),
  /** Null when it waits for none, or the site has no list of approvers yet. */
  approval: Nullable(ApprovalState),
});
export type RequestView = Type.Static<typeof RequestView>;
export const RequestList = Strict({ requests: Type.Array(RequestView) });

/** POST /api/requests/:id/denial */
export const Denial = { body: Strict({ reason: ReasonText }) };
