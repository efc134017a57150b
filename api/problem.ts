import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { PersonCaller } from "../authority/caller.ts";
import type { Context } from "../authority/context.ts";
import type { Problem } from "../protocol/api/problem.ts";
import { type ActionName, personActor } from "../protocol/audit.ts";
import { type ErrorCode, errors, GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import type { Id } from "../protocol/make-id.ts";
import { networkOf } from "../protocol/network.ts";
import { placesOf } from "../store/person.ts";
import type { Turn } from "../store/turn.ts";
import { subjectsKnown, subjectsNamed } from "./refused-subjects.ts";

/** Fastify's own refusals, by its codes. */
const fastifyCodes: Record<string, ErrorCode> = {
  FST_ERR_VALIDATION: "bad-request",
  FST_ERR_CTP_BODY_TOO_LARGE: "body-too-large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "media-type-refused",
  FST_ERR_CTP_EMPTY_JSON_BODY: "bad-request",
  FST_ERR_CTP_INVALID_JSON_BODY: "bad-request",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "bad-request",
  FST_ERR_BAD_URL: "bad-request",
  FST_ERR_MAX_PARAM_LENGTH: "bad-request",
};

export function toGenkanError(error: unknown): GenkanError {
  if (error instanceof GenkanError) return error;
  const { code, message, statusCode } = error as FastifyError;
  const known = fastifyCodes[code];
  // For a malformed URL the detail would only repeat the URL.
  const telling = known === "bad-request" && !code.includes("URL") && !code.includes("PARAM");
  if (known) return new GenkanError(known, telling ? message : undefined, { cause: error });
  if (statusCode === 429) return new GenkanError("too-many", undefined, { cause: error });
  // A library that refuses a request by its own status has not failed; its words may name files of ours.
  if (statusCode === 403 || statusCode === 404) return new GenkanError("not-found", undefined, { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new GenkanError("bad-request", undefined, { cause: error });
  return new GenkanError("internal", undefined, { cause: error });
}

/** A request that failed, and what its refusal is told by. */
interface Refused {
  readonly face: Face;
  readonly caller: PersonCaller | null;
  readonly action: ActionName;
  readonly request: FastifyRequest;
  /** Whether the log takes this refusal by itself; to be asked once, and only for one that is a refusal. */
  logged(): boolean;
}

/** Answers a failure as problem details (RFC 9457), and keeps every refusal in the log before it is told. */
export async function answerProblem(c: Context, of: Refused & { reply: FastifyReply }, thrown: unknown): Promise<void> {
  const error = toGenkanError(thrown);
  if (error.code === "internal")
    c.programLog.error(
      { event: "api.request.failed", error: String((thrown as Error)?.stack ?? thrown), action: of.action },
      "a request failed",
    );
  await answer(of.reply, await audited(c, of, error));
}

/** The refusal, once it is kept; what can't be kept is refused as such. */
async function audited(c: Context, of: Parameters<typeof auditRefusal>[1], error: GenkanError): Promise<GenkanError> {
  try {
    await auditRefusal(c, of, error);
    return error;
  } catch (cause) {
    c.programLog.error(
      { event: "api.refusal.unkept", error: String(cause), action: of.action },
      "a refusal could not be kept",
    );
    return new GenkanError("store-unavailable", undefined, { cause });
  }
}

async function answer(reply: FastifyReply, error: GenkanError): Promise<void> {
  const problem: Problem = {
    type: `urn:genkan:error:${error.code}`,
    title: errors[error.code].title,
    status: error.status,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    code: error.code,
    reasons: [...error.reasons],
  };
  await reply.code(error.status).type("application/problem+json").send(JSON.stringify(problem));
}

/** One hook for all denials, so that no handler can forget. What only means "not now" is no denial. */
async function auditRefusal(c: Context, of: Refused, error: GenkanError): Promise<void> {
  if (error.status >= 500 && error.reasons.length === 0 && error.code !== "agent-unavailable") return;
  if (error.code === "authorization-pending" || error.code === "slow-down") return;
  // Anybody may read a page: an address without one is not found, and no denial for the log.
  if (of.action === "page.read") return;
  // A visitor who is not signed in yet is no event; one who shows what does not hold is.
  if (error.code === "unauthenticated" && of.request.headers.authorization === undefined) return;
  if (!of.logged()) return;
  const { caller, face, action } = of;
  const at = c.now();
  await c.store.change(async (change) => {
    const { subjects, site } = await subjectsKnown(change.db, caller, subjectsNamed(of.request), at);
    for (const place of placesOfRefusal(caller, site))
      await change.audit({
        at,
        action,
        outcome: "refused",
        actor: caller ? personActor(caller.person) : null,
        ...place,
        subjects,
        reasons: error.reasons.length > 0 ? error.reasons : [error.code],
        facts: { face, code: error.code },
      });
  }, refusedTurn(of));
}

/** Whoever is refused a thousand times waits for himself. */
export const refusedTurn = ({ caller, request }: Pick<Refused, "caller" | "request">): Turn => ({
  lane: "usual",
  by: caller?.person.id ?? networkOf(request.ip),
});

/** Staff of several sites are refused at the one whose thing they named; where it is none of theirs, each is told. */
function placesOfRefusal(caller: PersonCaller | null, site: Id<"site"> | null) {
  const places = caller ? placesOf(caller.person) : [{ site: null, vendor: null }];
  const there = places.filter((place) => place.site === site);
  return (there.length > 0 ? there : places).map((place) => ({ ...place, site: place.site ?? site }));
}
