import { Id } from "../id.ts";
import { Base64Url, Nullable, Sha256, Strict } from "../schema.ts";
import { Windows } from "../window.ts";
import { WebAuthnJson } from "./factor.ts";
import { GrantView } from "./grant.ts";
import { RequestView } from "./request.ts";

/**
 * POST /api/requests/:id/approval/begin: the exact grant that results, and the challenge to sign. `windows` may be
 * shorter than asked, or fewer, never wider; for an approver who is not the first they are the proposed grant's.
 */
export const ApprovalBegin = {
  body: Strict({ windows: Windows }),
  reply: Strict({
    ceremony: Id("ceremony"),
    /** Exact bytes of the grant and of the approval statement, base64url; the page shows what they say. */
    grant: Base64Url(32_768),
    grantHash: Sha256,
    statement: Base64Url(16_384),
    /** PublicKeyCredentialRequestOptionsJSON; its challenge is the statement's hash, which the page checks itself. */
    options: WebAuthnJson,
  }),
};
/** POST /api/requests/:id/approval */
export const ApprovalFinish = {
  body: Strict({ ceremony: Id("ceremony"), response: WebAuthnJson }),
  /** The grant is there once its approvals are enough. */
  reply: Strict({ request: RequestView, grant: Nullable(GrantView) }),
};
