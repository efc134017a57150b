import Type from "typebox";
import { faces } from "../face.ts";
import { factors } from "../factor.ts";
import { Id } from "../id.ts";
import { PersonRef, RoleName } from "../person.ts";
import { Instant, Name, Nullable, OneOf, Strict, Thumbprint } from "../schema.ts";
import { Site } from "../site.ts";
import { VendorOrNull } from "../vendor.ts";

/** GET /api/me */
export const Me = Strict({
  person: PersonRef,
  roles: Type.Array(RoleName),
  face: OneOf(faces),
  vendor: VendorOrNull,
  site: Nullable(Site),
  factors: Type.Array(OneOf(factors)),
  signedInAt: Instant,
  expiresAt: Instant,
  /** Subject that a browser's key signs to enrol as part of the workstation. */
  enrolmentSubject: Type.String(),
  /** The workstation of this sign-in, once its key was shown, and all of its keys, the oldest first. */
  workstation: Nullable(Strict({ id: Id("workstation"), label: Name, thumbprints: Type.Array(Thumbprint) })),
  /** For the page's own text: where the access hosts live, and the public address. */
  accessDomain: Type.String(),
  portalOrigin: Type.String(),
  now: Instant,
});
export type Me = Type.Static<typeof Me>;
