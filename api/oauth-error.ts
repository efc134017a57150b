import type { Context } from "../authority/context.ts";
import { GenkanError } from "../protocol/error.ts";
import { answerProblem, refusedTurn, toGenkanError } from "./problem.ts";

/** Codes of ours that RFC 8628 (section 3.5), RFC 6749 (section 5.2) and RFC 9449 (section 5) name. */
const oauthCodes: Record<string, string> = {
  "authorization-pending": "authorization_pending",
  "slow-down": "slow_down",
  "access-denied": "access_denied",
  "expired-token": "expired_token",
  "invalid-grant": "invalid_grant",
  "dpop-invalid": "invalid_dpop_proof",
  "bad-request": "invalid_request",
  "proof-invalid": "invalid_request",
};

/** Failures under `/oauth` in OAuth's own form; what it has no word for stays problem details. */
export async function answerOAuth(c: Context, of: Parameters<typeof answerProblem>[1], thrown: unknown): Promise<void> {
  const error = toGenkanError(thrown);
  const code = oauthCodes[error.code];
  if (code === undefined) return answerProblem(c, of, error);
  try {
    if (error.code !== "authorization-pending" && error.code !== "slow-down") await auditOAuth(c, of, error.code);
  } catch (cause) {
    return answerProblem(c, of, new GenkanError("store-unavailable", undefined, { cause }));
  }
  await of.reply
    .code(400)
    .type("application/json")
    .header("cache-control", "no-store")
    .send(JSON.stringify({ error: code, ...(error.detail === undefined ? {} : { error_description: error.detail }) }));
}

async function auditOAuth(c: Context, of: Parameters<typeof answerProblem>[1], code: string): Promise<void> {
  if (!of.logged()) return;
  await c.store.change(
    (change) =>
      change.audit({
        at: c.now(),
        action: of.action,
        outcome: "refused",
        actor: null,
        subjects: {},
        reasons: [code],
        facts: { face: of.face, code },
      }),
    refusedTurn(of),
  );
}
