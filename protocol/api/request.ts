import Type from "typebox";
import { AccessRequest } from "../access-request.ts";
import { signingRoles } from "../approvers.ts";
import { Id } from "../id.ts";
import { PersonRef } from "../person.ts";
import {
  Instant,
  NameOrNone,
  Nullable,
  OneOf,
  ReasonText,
  RequestJws,
  Sha256,
  SmallCount,
  Strict,
  ZoneName,
} from "../schema.ts";
import { Windows } from "../window.ts";

/**
 * `pending` → `approved` (a grant exists) | `denied` | `withdrawn` | `expired` (its window passed unanswered).
 */
export const requestStates = ["pending", "approved", "denied", "withdrawn", "expired"] as const;

/** POST /api/requests: the request as the workstation signed it. */
export const RequestCreate = { body: Strict({ request: RequestJws }) };

/** How far the approvals of a pending request have come. */
export const ApprovalState = Strict({
  /** Persons that the site requires, and how many of their places are filled. */
  places: SmallCount,
  filled: SmallCount,
  /** Roles in which one more approver would fill another place. */
  wanted: Type.Array(OneOf(signingRoles)),
  approvers: Type.Array(PersonRef),
  /** The grant that the first of them signed: the others sign the same one, so its windows are settled. */
  proposed: Nullable(Strict({ hash: Sha256, windows: Windows })),
});
export type ApprovalState = Type.Static<typeof ApprovalState>;

const { type: _type, ...said } = AccessRequest.properties;

/** What a signed request says, and what has become of it. */
export const RequestView = Strict({
  ...said,
  state: OneOf(requestStates),
  /** Zone of the site; `zone` is the requester's. */
  siteZone: ZoneName,
  device: Strict({ ...said.device.properties, model: NameOrNone }),
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
