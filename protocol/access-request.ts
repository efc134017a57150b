import Type from "typebox";
import { Id } from "./id.ts";
import { limits } from "./limits.ts";
import { PersonRef } from "./person.ts";
import { Name, Nullable, OneOf, PlanText, ReasonText, Strict, Thumbprint, ZoneName } from "./schema.ts";
import { ServiceRef } from "./service.ts";
import { Site } from "./site.ts";
import { Vendor } from "./vendor.ts";
import { Windows } from "./window.ts";

/** Under which rule of the list of approvers a request is decided. */
export const ruleNames = ["normal", "emergency"] as const;
export const RuleName = OneOf(ruleNames);
export type RuleName = Type.Static<typeof RuleName>;

/** RFC 7638 thumbprints of the keys that may prove a workstation. */
export const Thumbprints = Type.Array(Thumbprint, { minItems: 1, maxItems: limits.requestKeys, uniqueItems: true });

/**
 * What a technician asks for (JWS typ `genkan/request/v1`, public key in the `jwk` header). The workstation that asks writes
 * and signs these bytes; they are kept as they came and never made anew. A grant names their hash, and approver's page and
 * agent hold the grant against them. A new member here is signed, kept, carried and shown by everybody who reads the type.
 */
export const AccessRequest = Strict({
  type: Type.Literal("genkan/request/v1"),
  /** Made by whoever asks. */
  id: Id("request"),
  site: Site,
  person: PersonRef,
  vendor: Vendor,
  workstation: Strict({
    id: Id("workstation"),
    label: Name,
    /** Keys that the workstation itself vouches for, never for being told them; one of them signed this. */
    thumbprints: Thumbprints,
  }),
  device: Strict({ id: Id("device"), name: Name }),
  services: Type.Array(ServiceRef, { minItems: 1, maxItems: 16 }),
  windows: Windows,
  /** The zone in which the windows were meant, the requester's. */
  zone: ZoneName,
  rule: RuleName,
  reason: ReasonText,
  plan: PlanText,
  /** Under which number the hospital or the vendor keeps this work; bounded as a name is. Null where there is none. */
  workOrder: Nullable(Name),
});
export type AccessRequest = Type.Static<typeof AccessRequest>;
