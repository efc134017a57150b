import Type from "typebox";
import { Thumbprints } from "../access-request.ts";
import { Id } from "../id.ts";
import { PersonRef } from "../person.ts";
import { Instant, Name, NameOrNone, Nullable, OneOf, ReasonText, Sha256, Strict, ZoneName } from "../schema.ts";
import { ServiceRef } from "../service.ts";
import { Site } from "../site.ts";
import { Vendor } from "../vendor.ts";
import { Windows } from "../window.ts";

/** `scheduled`, `open` and `closed` follow the clock; `revoked` is for good. */
export const grantStates = ["scheduled", "open", "closed", "revoked"] as const;
export const GrantView = Strict({
  id: Id("grant"),
  hash: Sha256,
  request: Id("request"),
  state: OneOf(grantStates),
  person: PersonRef,
  vendor: Vendor,
  site: Site,
  siteZone: ZoneName,
  device: Strict({ id: Id("device"), name: Name, model: NameOrNone }),
  services: Type.Array(ServiceRef),
  /** The keys are those that open it: the grant's own. */
  workstation: Strict({ id: Id("workstation"), label: Name, thumbprints: Thumbprints }),
  windows: Windows,
  zone: ZoneName,
  reason: ReasonText,
  approvers: Type.Array(PersonRef),
  approvedAt: Instant,
  revokedAt: Nullable(Instant),
  revokedBy: Nullable(PersonRef),
  revocation: Nullable(ReasonText),
});
export type GrantView = Type.Static<typeof GrantView>;
export const GrantList = Strict({ grants: Type.Array(GrantView) });
/** POST /api/grants/:id/revocation */
export const Revocation = { body: Strict({ reason: ReasonText }) };
