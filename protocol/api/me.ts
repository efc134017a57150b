import Type from "typebox";
import { faces } from "../face.ts";
import { factors } from "../factor.ts";
import { Id } from "../id.ts";
import { lockKinds } from "../lock.ts";
import { MembershipView } from "../membership.ts";
import { PersonRef } from "../person.ts";
import { Instant, Name, Nullable, OneOf, Opaque, Strict, Thumbprint, Uri } from "../schema.ts";

/** GET /api/me */
export const Me = Strict({
  person: PersonRef,
  face: OneOf(faces),
  /** Where they belong now, each with the roles that they hold there. */
  memberships: Type.Array(MembershipView),
  factors: Type.Array(OneOf(factors)),
  signedInAt: Instant,
  expiresAt: Instant,
  /** When the sign-in ends unless the person does something before. */
  idleEndsAt: Instant,
  /** Subject that a browser's key signs to enrol as part of the workstation. */
  enrolmentSubject: Opaque,
  /** The workstation of this sign-in, once its key was shown, and all of its keys, the oldest first. */
  workstation: Nullable(Strict({ id: Id("workstation"), label: Name, thumbprints: Type.Array(Thumbprint) })),
  /** Kinds of the locks in force that cover this person, their workstation, their vendor, or everything. */
  locks: Type.Array(OneOf(lockKinds)),
  /** For the page's own text: where the access hosts live, and the public address. */
  accessDomain: Uri,
  portalOrigin: Uri,
  now: Instant,
});
export type Me = Type.Static<typeof Me>;
