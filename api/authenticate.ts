import type { FastifyRequest } from "fastify";
import type { PersonCaller } from "../authority/caller.ts";
import type { Context } from "../authority/context.ts";
import { faceOrigin } from "../authority/hosts.ts";
import { idleMsOf } from "../authority/sign-in.ts";
import { verifyDpopProof } from "../crypto/dpop.ts";
import { equalSecret, sha256 } from "../crypto/thumbprint.ts";
import type { Thumbprint } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import type { Factor } from "../protocol/factor.ts";
import { limits } from "../protocol/limits.ts";
import { holdsOneOf } from "../protocol/membership.ts";
import { networkOf } from "../protocol/network.ts";
import type { Role } from "../protocol/person.ts";
import { watchingHeader } from "../protocol/watching.ts";
import { findPerson } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { findSignIn, type SignIn, touchSignIn } from "../store/sign-in.ts";
import type { Turn } from "../store/turn.ts";
import { useOnce } from "../store/used-once.ts";

import { cookieName } from "./cookie.ts";

/**
 * Who calls, by cookie (a browser) or DPoP-bound token (the command line, RFC 9449); null for nobody. A request that shows
 * a token which does not hold is refused, never treated as nobody's.
 */
export async function authenticate(
  c: Context,
  face: Face,
  request: FastifyRequest,
  by: { awake: boolean } = { awake: true },
): Promise<PersonCaller | null> {
  const authorization = request.headers.authorization;
  const cookie = request.cookies[cookieName];
  if (authorization !== undefined) return byToken(c, face, request, authorization);
  return cookie === undefined ? null : byCookie(c, face, request, cookie, by.awake);
}

async function byCookie(
  c: Context,
  face: Face,
  request: FastifyRequest,
  cookie: string,
  awake: boolean,
): Promise<PersonCaller | null> {
  checkSameOrigin(c, face, request);
  const signIn = await find(c, face, cookie);
  const act = awake && request.headers[watchingHeader] === undefined;
  return signIn?.kind === "cookie" ? callerOf(c, face, signIn, act) : null;
}

async function byToken(c: Context, face: Face, request: FastifyRequest, authorization: string): Promise<PersonCaller> {
  const [scheme, token] = authorization.split(" ");
  const proof = request.headers.dpop;
  if (scheme !== "DPoP" || !token || typeof proof !== "string") throw new GenkanError("unauthenticated");
  const proven = await verify(c, face, request, proof, token);
  const { thumbprint } = proven;
  const signIn = await find(c, face, token);
  // Proof of possession: the token alone is worth nothing to a second client (A18).
  if (signIn?.kind !== "cli" || signIn.dpop_key === null || !equalSecret(signIn.dpop_key, thumbprint))
    throw new GenkanError("unauthenticated");
  // Only now: anybody can invent a token and prove a key, and each proof that is kept is a write (A16).
  await takeOnce(c, proven, { lane: "entry", by: signIn.id });
  const caller = await callerOf(c, face, signIn, true);
  if (!caller) throw new GenkanError("unauthenticated");
  return caller;
}

/** A DPoP proof that holds, and may have been seen before. */
interface Proven {
  readonly thumbprint: Thumbprint;
  readonly jti: string;
}

/** Verifies a DPoP proof for this very request and takes its `jti`. Throws `dpop-invalid`. */
export async function verifyOnce(
  c: Context,
  face: Face,
  request: FastifyRequest,
  proof: string,
  accessToken: string | null,
): Promise<{ thumbprint: Thumbprint }> {
  const proven = await verify(c, face, request, proof, accessToken);
  await takeOnce(c, proven, { lane: "usual", by: networkOf(request.ip) });
  return { thumbprint: proven.thumbprint };
}

function verify(
  c: Context,
  face: Face,
  request: FastifyRequest,
  proof: string,
  accessToken: string | null,
): Promise<Proven> {
  const htu = `${faceOrigin(c.hosts, face)}${request.url}`;
  return verifyDpopProof(proof, { htm: request.method, htu, accessToken, nowMs: c.now().getTime() });
}

async function takeOnce(c: Context, { thumbprint, jti }: Proven, turn: Turn): Promise<void> {
  const now = c.now();
  const fresh = await c.store.change(
    ({ db }) => useOnce(db, `${thumbprint}.${jti}`, now, new Date(now.getTime() + 2 * limits.dpopMs)),
    turn,
  );
  if (!fresh) throw new GenkanError("dpop-invalid", "It was used before.");
}

/** A cookie counts only for requests that our own pages make (A14). */
export function checkSameOrigin(c: Context, face: Face, request: FastifyRequest): void {
  const site = request.headers["sec-fetch-site"];
  checkOrigin(c, face, request);
  if (site !== undefined && site !== "same-origin" && site !== "none") throw new GenkanError("origin-refused");
  if (!reads(request) && request.headers.origin === undefined) throw new GenkanError("origin-refused");
}

/** What anybody may call is still not for a foreign page to call in somebody's browser: it would sign them in as another. */
export function checkNotForeign(c: Context, face: Face, request: FastifyRequest): void {
  if (!reads(request)) checkOrigin(c, face, request);
}

function checkOrigin(c: Context, face: Face, request: FastifyRequest): void {
  const { origin } = request.headers;
  if (origin !== undefined && origin !== faceOrigin(c.hosts, face)) throw new GenkanError("origin-refused");
}

const reads = ({ method }: FastifyRequest) => method === "GET" || method === "HEAD";

async function find(c: Context, face: Face, token: string): Promise<SignIn | null> {
  const signIn = await findSignIn(c.store.db, sha256(token), c.now(), idleMsOf(face));
  return signIn?.face === face ? signIn : null;
}

async function callerOf(c: Context, face: Face, signIn: SignIn, awake: boolean): Promise<PersonCaller | null> {
  const person = await findPerson(c.store.db, Scope.system(), signIn.person, c.now());
  // Who belongs nowhere any more is nobody, as who is disabled.
  if (!person?.active || person.memberships.length === 0) return null;
  if (awake) await keepAwake(c, signIn);
  return {
    kind: "person",
    person,
    face,
    scope: Scope.ofPerson(person),
    signIn: { id: signIn.id, factors: JSON.parse(signIn.factors) as Factor[], workstation: signIn.workstation },
  };
}

/**
 * The caller as somebody with one of these roles: they see what belongs to the sites at which they hold one, for what somebody is
 * elsewhere gives them nothing here. Null when they hold none anywhere.
 */
export function inRole(caller: PersonCaller, roles: readonly Role[]): PersonCaller | null {
  if (!holdsOneOf(caller.person.memberships, roles)) return null;
  return { ...caller, scope: Scope.ofPerson(caller.person, roles) };
}

/**
 * Writing at each request would be waste: idle time is kept to the quarter of a minute. On a full disk it is not kept at
 * all, and whoever watches or cuts is still let in, until the sign-in is over by what was kept last.
 */
async function keepAwake(c: Context, signIn: SignIn): Promise<void> {
  const now = c.now();
  if (now.getTime() - Date.parse(signIn.used_at) < limits.idleStepMs) return;
  try {
    await c.store.change(({ db }) => touchSignIn(db, signIn.id, now), {
      lane: "entry",
      by: signIn.id,
    });
  } catch (error) {
    if (!(error instanceof GenkanError) || error.code !== "store-unavailable") throw error;
  }
}
