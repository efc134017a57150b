import Type from "typebox";
import { type ErrorCode, errors } from "../error.ts";
import { OneOf, Strict } from "../schema.ts";

/** Problem details (RFC 9457), as `application/problem+json`. `reasons` are refusals of `protocol/reason.ts`. */
export const Problem = Strict({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  code: OneOf(Object.keys(errors) as ErrorCode[]),
  reasons: Type.Array(Type.String()),
});
export type Problem = Type.Static<typeof Problem>;

/** RFC 6749, section 5.2; only the endpoints under `/oauth` answer so. */
export const OAuthError = Strict({ error: Type.String(), error_description: Type.Optional(Type.String()) });
