import Type from "typebox";
import { type ErrorCode, errors } from "../error.ts";
import { OneOf, Opaque, Sentence, Strict, Uri } from "../schema.ts";

/** Problem details (RFC 9457), as `application/problem+json`. `reasons` are refusals of `protocol/reason.ts`. */
export const Problem = Strict({
  type: Uri,
  title: Sentence,
  status: Type.Integer(),
  detail: Type.Optional(Sentence),
  code: OneOf(Object.keys(errors) as ErrorCode[]),
  reasons: Type.Array(Opaque),
});
export type Problem = Type.Static<typeof Problem>;

/** RFC 6749, section 5.2; only the endpoints under `/oauth` answer so. */
export const OAuthError = Strict({ error: Opaque, error_description: Type.Optional(Sentence) });
