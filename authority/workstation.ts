import type { Static } from "typebox";
import { verifyWithJwk } from "../crypto/statement.ts";
import type { WorkstationEnrol } from "../protocol/api/workstation.ts";
import { personActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import { EnrolmentProof } from "../protocol/statement.ts";
import { labelKey } from "../protocol/workstation.ts";
import type { Db } from "../store/database.ts";
import { Scope } from "../store/scope.ts";
import { findSignInById, setSignInWorkstation } from "../store/sign-in.ts";
import { findWorkstationByKey, insertWorkstation, insertWorkstationKey, listLabels } from "../store/workstation.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { faceOrigin } from "./hosts.ts";
import { requireNotLocked, requireWorkstationsNotLocked } from "./not-locked.ts";
import { recordOf } from "./person-record.ts";

/**
 * Takes a key's own signature that it is held here and now, for this origin and subject. Throws `proof-invalid`.
 */
export async function verifyKeyHeld(c: Context, face: Face, proof: string, subject: string) {
  const { payload, thumbprint, jwk } = await verifyWithJwk(
    "genkan/enrolment/v1",
    EnrolmentProof,
    proof,
    "proof-invalid",
  );
  const age = Math.abs(c.now().getTime() - Date.parse(payload.issuedAt));
  if (payload.origin !== faceOrigin(c.hosts, face) || payload.subject !== subject || !(age <= limits.ceremonyMs))
    throw new GenkanError("proof-invalid");
  return { thumbprint, jwk };
}

/**
 * The caller's browser shows its key: the first key of a browser makes the workstation of this sign-in. Throws
 * `proof-invalid`, `bad-request`, `denied`, `label-taken`, `too-many`.
 */
export async function enrolWorkstation(
  c: Context,
  face: Face,
  caller: PersonCaller,
  body: Static<typeof WorkstationEnrol.body>,
): Promise<Static<typeof WorkstationEnrol.reply>> {
  const { thumbprint, jwk } = await verifyKeyHeld(c, face, body.proof, caller.signIn.id);
  return c.store.change(async (change) => {
    const { db } = change;
    // A stolen token of a terminal would otherwise make itself a computer of that person.
    const signIn = await findSignInById(db, caller.signIn.id);
    if (signIn?.kind !== "cookie")
      throw new GenkanError("bad-request", "Only a browser enrols a browser's key; a terminal's joins by a code.");
    const known = await findWorkstationByKey(db, Scope.system(), thumbprint);
    // A key that is another person's stays theirs: two people at one computer are two workstations.
    if (known && known.person !== caller.person.id) throw new GenkanError("proof-invalid");
    // A new one would outlive the lock.
    if (!known) await requireNotLocked(db, caller, null);
    // A browser shows its key again and again; only with another key does this sign-in leave its workstation.
    if (known?.id !== signIn.workstation) await requireWorkstationsNotLocked(db, signIn.workstation);
    const at = c.now();
    if (!known) await requireRoom(db, caller, body.label, at);
    const workstation = known?.id ?? (await insertWorkstation(db, { person: caller.person.id, label: body.label, at }));
    await setSignInWorkstation(db, caller.signIn.id, workstation);
    if (!known) {
      await insertWorkstationKey(db, { workstation, kind: "browser", thumbprint, jwk, at });
      await recordOf(change, caller.person, {
        at,
        action: "workstation.enrol",
        outcome: "done",
        actor: personActor(caller.person),
        subjects: { workstation },
        facts: { kind: "browser", thumbprint, label: body.label },
      });
    }
    change.touch("me");
    return { workstation };
  });
}

/** Approvers know a computer by its label: one that reads like another's, or one too many, is refused. */
async function requireRoom(db: Db, caller: PersonCaller, label: string, at: Date): Promise<void> {
  const own = await listLabels(db, caller.scope, caller.person.id);
  if (own.some((other) => other.removedAt === null && labelKey(other.label) === labelKey(label)))
    throw new GenkanError("label-taken");
  const since = new Date(at.getTime() - limits.workstationsPerPersonMs).toISOString();
  if (own.filter((other) => other.since > since).length >= limits.workstationsPerPerson)
    throw new GenkanError("too-many");
}
