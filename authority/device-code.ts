import type { Static } from "typebox";
import { randomBytes, randomToken } from "../crypto/random.ts";
import { jwkThumbprint, sha256 } from "../crypto/thumbprint.ts";
import type { DeviceAuthorization, DeviceCodeConfirm, DeviceCodeLookup, Token } from "../protocol/api/device-code.ts";
import { personActor } from "../protocol/audit.ts";
import type { Thumbprint } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import type { Factor } from "../protocol/factor.ts";
import { limits } from "../protocol/limits.ts";
import { base32 } from "../protocol/make-id.ts";
import { networkOf } from "../protocol/network.ts";
import type { PublicJwk } from "../protocol/workstation.ts";
import {
  findDeviceCode,
  findDeviceCodeByUserCode,
  insertDeviceCode,
  moveDeviceCode,
  pollDeviceCode,
} from "../store/device-code.ts";
import { findPerson } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { findWorkstation, findWorkstationByKey, joinWorkstation } from "../store/workstation.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { faceOrigin } from "./hosts.ts";
import { requireNotLocked, requireWorkstationsNotLocked } from "./not-locked.ts";
import { recordOf } from "./person-record.ts";
import { faceOf } from "./sign-in.ts";
import { issueSignIn } from "./sign-in-token.ts";
import { verifyKeyHeld } from "./workstation.ts";

/**
 * Device flow (RFC 8628): a terminal asks for a code and shows it. `address` is where the terminal is, for whoever
 * confirms. Throws `bad-request`, `proof-invalid`.
 */
export async function beginDeviceCode(
  c: Context,
  face: Face,
  body: Static<typeof DeviceAuthorization.body>,
  address: string,
): Promise<Static<typeof DeviceAuthorization.reply>> {
  // A technician's terminal brings its workstation key and shows that it holds it; staff have no workstation.
  if ((face === "portal") !== (body.workstation_proof !== undefined))
    throw new GenkanError("bad-request", "A workstation key belongs to the portal, and only there.");
  const key =
    body.workstation_proof === undefined
      ? null
      : await verifyKeyHeld(c, face, body.workstation_proof, "device-authorization");
  const deviceCode = randomToken();
  const userCode = makeUserCode();
  const now = c.now();
  await c.store.change(
    ({ db }) =>
      insertDeviceCode(db, {
        code_hash: sha256(deviceCode),
        user_code: userCode,
        face,
        jwk: key ? JSON.stringify(key.jwk) : null,
        thumbprint: key?.thumbprint ?? null,
        label: body.workstation_label ?? null,
        address,
        state: "pending",
        person: null,
        factors: null,
        workstation: null,
        created_at: now.toISOString(),
        expires_at: new Date(now.getTime() + limits.deviceCodeMs).toISOString(),
        polled_at: null,
      }),
    { lane: "usual", by: networkOf(address) },
  );
  return {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: `${faceOrigin(c.hosts, face)}/device`,
    expires_in: limits.deviceCodeMs / 1000,
    interval: limits.deviceCodePollMs / 1000,
  };
}

/**
 * The terminal asks for its token, which holds for the key that it proves by DPoP (RFC 9449), by its thumbprint. Throws
 * what RFC 8628 (section 3.5) names: `authorization-pending`, `slow-down`, `access-denied`, `expired-token`; and
 * `invalid-grant`.
 */
export async function issueToken(
  c: Context,
  face: Face,
  deviceCode: string,
  thumbprint: Thumbprint,
): Promise<Static<typeof Token.reply>> {
  const system = Scope.system();
  const codeHash = sha256(deviceCode);
  const now = c.now();
  const code = await findDeviceCode(c.store.db, codeHash);
  if (!code || code.face !== face || code.state === "used") throw new GenkanError("invalid-grant");
  if (code.expires_at <= now.toISOString()) throw new GenkanError("expired-token");
  if (code.state === "refused") throw new GenkanError("access-denied");
  const polled = code.polled_at === null ? 0 : Date.parse(code.polled_at);
  await c.store.change(({ db }) => pollDeviceCode(db, codeHash, now));
  if (now.getTime() - polled < limits.deviceCodePollMs / 2) throw new GenkanError("slow-down");
  if (code.state === "pending") throw new GenkanError("authorization-pending");
  const token = await c.store.change(async (change) => {
    // Read within the change that issues it: a sign-in issued to whom somebody has just disabled would hold again once they are enabled.
    const person = code.person === null ? null : await findPerson(change.db, system, code.person, now);
    if (!person?.active || faceOf(person) !== face) throw new GenkanError("access-denied");
    if (!(await moveDeviceCode(change.db, codeHash, "confirmed", { state: "used" })))
      throw new GenkanError("invalid-grant");
    const factors = JSON.parse(code.factors ?? "[]") as Factor[];
    const terminal = { dpopKey: thumbprint, workstation: code.workstation };
    return (await issueSignIn(change, { person, face, factors, network: code.address, terminal }, now)).token;
  });
  return { access_token: token, token_type: "DPoP" as const, expires_in: limits.signInAbsoluteMs / 1000 };
}

/** What the confirming page shows of a code that a person typed. Throws `not-found`. */
export async function lookUpDeviceCode(
  c: Context,
  face: Face,
  typed: string,
): Promise<Static<typeof DeviceCodeLookup.reply>> {
  const userCode = canonical(typed);
  const code = await findDeviceCodeByUserCode(c.store.db, userCode, face, c.now());
  if (!code) throw new GenkanError("not-found");
  return {
    userCode,
    label: code.label,
    thumbprint: code.thumbprint,
    address: code.address,
    createdAt: code.created_at,
    expiresAt: code.expires_at,
  };
}

/**
 * A person who is signed in with a browser confirms or refuses the terminal. On the portal the terminal's key joins the
 * workstation of that browser, which signs for it. Throws `denied`, `proof-invalid`, `not-found`.
 */
export async function confirmDeviceCode(
  c: Context,
  face: Face,
  caller: PersonCaller,
  body: Static<typeof DeviceCodeConfirm.body>,
): Promise<void> {
  const system = Scope.system();
  const userCode = canonical(body.userCode);
  const now = c.now();
  const confirmed = body.verdict === "confirm";
  const workstation = caller.signIn.workstation;
  if (confirmed && face === "portal") {
    if (workstation === null || body.proof === null)
      throw new GenkanError("denied", undefined, { reasons: ["workstation-unknown"] });
    const { thumbprint } = await verifyKeyHeld(c, face, body.proof, `device-code:${userCode}`);
    const own = await findWorkstation(c.store.db, caller.scope, workstation);
    if (!own?.thumbprints.includes(thumbprint)) throw new GenkanError("proof-invalid");
  }
  await c.store.change(async (change) => {
    const { db } = change;
    // A key that joins, or a token, would outlive the lock.
    if (confirmed) await requireNotLocked(db, caller, null);
    const code = await findDeviceCodeByUserCode(db, userCode, face, now);
    if (!code) throw new GenkanError("not-found");
    if (confirmed && workstation !== null && code.jwk !== null) {
      const jwk = JSON.parse(code.jwk) as PublicJwk;
      const holder = await findWorkstationByKey(db, system, jwkThumbprint(jwk));
      if (holder && holder.person !== caller.person.id) throw new GenkanError("proof-invalid");
      await requireWorkstationsNotLocked(db, workstation, holder?.id ?? null);
      await joinWorkstation(db, {
        workstation,
        kind: "cli",
        thumbprint: jwkThumbprint(jwk),
        jwk,
        at: now,
      });
    }
    const moved = await moveDeviceCode(db, code.code_hash, "pending", {
      state: confirmed ? "confirmed" : "refused",
      person: caller.person.id,
      factors: JSON.stringify(caller.signIn.factors),
      workstation,
    });
    if (!moved) throw new GenkanError("not-found");
    await recordOf(change, caller.person, {
      at: now,
      action: "device-code.confirm",
      outcome: confirmed ? "allowed" : "refused",
      actor: personActor(caller.person),
      subjects: { signIn: caller.signIn.id, ...(workstation === null ? {} : { workstation }) },
      facts: { label: code.label, thumbprint: code.thumbprint },
    });
    change.touch("me");
  });
}

/** `XXXX-XXXX` of 32 letters and digits without look-alikes: 40 bits, ten minutes, one confirmer (RFC 8628, section 5.1). */
function makeUserCode(): string {
  const text = base32(randomBytes(5)).toUpperCase();
  return `${text.slice(0, 4)}-${text.slice(4)}`;
}

/** What a person typed, as it was shown. */
function canonical(text: string): string {
  const plain = text.replace("-", "").toUpperCase();
  return `${plain.slice(0, 4)}-${plain.slice(4)}`;
}
