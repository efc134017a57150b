import { randomToken } from "../crypto/random.ts";
import { sha256 } from "../crypto/thumbprint.ts";
import type { OneTimeLink } from "../protocol/api/account.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import { endEnrolments, insertEnrolment } from "../store/enrolment.ts";
import { type Person } from "../store/person.ts";
import type { Change } from "../store/store.ts";
import { actorOf, type Caller } from "./caller.ts";
import { faceOrigin, type Hosts } from "./hosts.ts";
import { recordOf } from "./person-record.ts";

/**
 * A link with which a person enrols once, in place of every other that they were given. `reason`: they have lost what they had, so it
 * is good for a day. The caller has made sure that they have no authenticator in force.
 */
export async function giveLink(
  change: Change,
  hosts: Hosts,
  to: { person: Pick<Person, "id" | "name" | "memberships">; face: Face },
  at: Date,
  by: Caller,
  reason?: string,
): Promise<OneTimeLink> {
  const { id, name } = to.person;
  const code = randomToken(24);
  const expiresAt = new Date(at.getTime() + (reason === undefined ? limits.enrolmentMs : limits.recoveryMs));
  await endEnrolments(change.db, id, at);
  await insertEnrolment(change.db, {
    codeHash: sha256(code),
    person: id,
    at,
    expiresAt,
    by: by.kind === "person" ? by.person.id : null,
    ...(reason === undefined ? {} : { reason }),
  });
  await recordOf(change, to.person, {
    at,
    action: "enrolment.issue",
    outcome: "done",
    actor: actorOf(by),
    subjects: { person: id },
  });
  // In the fragment: it is never sent by the browser itself, and the page posts it.
  const url = `${faceOrigin(hosts, to.face)}/enrol#${code}`;
  return { person: { id, name }, url, expiresAt: expiresAt.toISOString() };
}

/** Of somebody who belongs nowhere any more. */
export const belongsNowhere = (login: string) =>
  new GenkanError("state-conflict", `${login} belongs to no site or vendor any more.`);
