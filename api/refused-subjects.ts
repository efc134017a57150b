import type { FastifyRequest } from "fastify";
import type { PersonCaller } from "../authority/caller.ts";
import type { SomeSubjects } from "../protocol/audit.ts";
import { type Id, type IdKind, idPrefixes, isId } from "../protocol/make-id.ts";
import type { Db } from "../store/database.ts";
import { findGrant } from "../store/grant.ts";
import { findRequest } from "../store/request.ts";
import { findSession } from "../store/session.ts";

const kinds = Object.keys(idPrefixes) as IdKind[];

/** Deeper than any body of ours, and than what is looked through for a caller who sends anything. */
const levels = 4;

/**
 * What a refused call was about: each id that it names in its address, query or body, by the id's own kind; of several of
 * one kind the first. It is what the caller said, known or not. In a signed request the ids stand inside of what is signed.
 */
export function subjectsNamed({
  params,
  query,
  body,
}: Pick<FastifyRequest, "params" | "query" | "body">): SomeSubjects {
  const subjects: SomeSubjects = {};
  const keep = (kind: IdKind, value: string): void => {
    if (isId(kind, value) && subjects[kind] === undefined) Object.assign(subjects, { [kind]: value });
  };
  const look = (value: unknown, level: number): void => {
    if (typeof value === "string") {
      for (const kind of kinds) keep(kind, value);
    } else if (typeof value === "object" && value !== null && level < levels) {
      for (const member of Object.values(value).slice(0, 64)) look(member, level + 1);
    }
  };
  for (const said of [params, query, body, payloadOf(body)]) look(said, 0);
  return subjects;
}

/** What a signed request says, believed by nobody: only that this was said is kept. */
function payloadOf(body: unknown): unknown {
  const { request } = (body ?? {}) as { request?: unknown };
  if (typeof request !== "string") return undefined;
  try {
    return JSON.parse(Buffer.from(request.split(".")[1] ?? "", "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Further subjects and the site of what the caller named and may see: a grant is of a device, a session of a grant. */
export async function subjectsKnown(
  db: Db,
  caller: PersonCaller | null,
  named: SomeSubjects,
  now: Date,
): Promise<{ subjects: SomeSubjects; site: Id<"site"> | null }> {
  if (caller === null) return { subjects: named, site: null };
  const { scope } = caller;
  const session = named.session === undefined ? null : await findSession(db, scope, named.session);
  const grant = named.grant === undefined ? null : await findGrant(db, scope, named.grant);
  const request = named.request === undefined ? null : await findRequest(db, scope, named.request, now);
  const further: SomeSubjects = {
    ...(session ? { grant: session.grant, device: session.device } : {}),
    ...(grant ? { device: grant.grant.device.id } : {}),
    ...(request ? { device: request.device.id } : {}),
  };
  const site = session?.site ?? grant?.grant.site.id ?? request?.site.id ?? null;
  return { subjects: { ...further, ...named }, site };
}
