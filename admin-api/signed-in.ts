import type { FastifyReply } from "fastify";
import type { Static } from "typebox";
import type { Context } from "../authority/context.ts";
import { randomToken } from "../crypto/random.ts";
import { sha256 } from "../crypto/thumbprint.ts";
import type { Me } from "../protocol/api/me.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import type { Factor } from "../protocol/factor.ts";
import { limits } from "../protocol/limits.ts";
import type { Person } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { findSignInById, insertSignIn } from "../store/sign-in.ts";
import type { Change } from "../store/store.ts";
import { cookieName } from "./authenticate.ts";

/** Vendors' people live on the portal, the hospital's own on the staff host. */
export function faceOf(person: Person): Face {
  return person.vendor === null ? "staff" : "portal";
}

/**
 * Issues a browser's sign-in; the caller has proven the factors. The one place that makes one, and it refuses fewer than
 * two factors (D5) and anything but a passkey for staff.
 */
export async function signIn(
  c: Context,
  change: Change,
  of: { person: Person; face: Face; factors: readonly Factor[] },
): Promise<{ id: string; token: string }> {
  const { person, face, factors } = of;
  const enough = factors.includes("passkey") || (factors.includes("password") && factors.includes("totp"));
  if (!enough || !person.active || faceOf(person) !== face || (face === "staff" && !factors.includes("passkey")))
    throw new GenkanError("sign-in-failed");
  const now = c.now();
  const token = randomToken();
  const id = await insertSignIn(change.db, Scope.system(), {
    token_hash: sha256(token),
    person: person.id,
    face,
    kind: "cookie",
    factors: JSON.stringify(factors),
    dpop_key: null,
    workstation: null,
    created_at: now.toISOString(),
    used_at: now.toISOString(),
    expires_at: new Date(now.getTime() + limits.signInAbsoluteMs).toISOString(),
  });
  await change.audit({
    at: now,
    action: "sign-in",
    outcome: "allowed",
    actor: person,
    site: person.site?.id ?? null,
    vendor: person.vendor?.id ?? null,
    subjects: { signIn: id },
    facts: { face, factors },
  });
  return { id, token };
}

export function setSignInCookie(reply: FastifyReply, token: string): void {
  reply.setCookie(cookieName, token, {
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "strict",
    maxAge: limits.signInAbsoluteMs / 1000,
  });
}

export async function me(c: Context, person: Person, signInId: string): Promise<Static<typeof Me>> {
  const row = await findSignInById(c.store.db, Scope.system(), signInId);
  if (!row) throw new GenkanError("unauthenticated");
  return {
    person: { id: person.id, name: person.name },
    roles: person.roles,
    face: row.face,
    vendor: person.vendor && { id: person.vendor.id, name: person.vendor.name },
    site: person.site && { id: person.site.id, name: person.site.name },
    factors: JSON.parse(row.factors) as Factor[],
    signedInAt: row.created_at,
    expiresAt: row.expires_at,
    enrolmentSubject: row.id,
    workstation: row.workstation,
    accessDomain: c.hosts.accessDomain,
    portalOrigin: c.hosts.portal,
    now: c.now().toISOString(),
  };
}
