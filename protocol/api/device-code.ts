import Type from "typebox";
import { Instant, Jws, Name, Nullable, OneOf, Opaque, Strict, Thumbprint, Uri } from "../schema.ts";

const UserCode = Type.String({ minLength: 8, maxLength: 9, pattern: "^[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}$" });

/**
 * POST /oauth/device_authorization (RFC 8628, sections 3.1 and 3.2), form-encoded. There is no `verification_uri_complete`,
 * which is optional (section 3.3.1): a link that holds the code could be sent to somebody else, who then signs the
 * sender's terminal in with one click (section 5.4).
 */
export const DeviceAuthorization = {
  body: Strict({
    client_id: Type.Literal("genkan-cli"),
    workstation_proof: Type.Optional(Jws),
    workstation_label: Type.Optional(Name),
  }),
  reply: Strict({
    device_code: Opaque,
    user_code: UserCode,
    verification_uri: Uri,
    expires_in: Type.Integer(),
    interval: Type.Integer(),
  }),
};
/** POST /oauth/token (RFC 8628, section 3.4; RFC 9449), form-encoded. */
export const Token = {
  body: Strict({
    grant_type: Type.Literal("urn:ietf:params:oauth:grant-type:device_code"),
    device_code: Type.String({ maxLength: 128 }),
    client_id: Type.Literal("genkan-cli"),
  }),
  reply: Strict({ access_token: Opaque, token_type: Type.Literal("DPoP"), expires_in: Type.Integer() }),
};
/** POST /api/device-codes/lookup: what the confirming page shows. */
export const DeviceCodeLookup = {
  body: Strict({ userCode: UserCode }),
  reply: Strict({
    userCode: UserCode,
    label: Nullable(Name),
    /** Of the key that would join; the terminal shows the same, and the person compares. Null on the staff host. */
    thumbprint: Nullable(Thumbprint),
    address: Uri,
    createdAt: Instant,
    expiresAt: Instant,
  }),
};
/**
 * POST /api/device-codes/confirmation. On the portal the browser's own workstation key signs too (typ
 * `genkan/enrolment/v1`, subject `device-code:<userCode>`), so that the terminal's key joins that workstation.
 */
export const DeviceCodeConfirm = {
  body: Strict({ userCode: UserCode, verdict: OneOf(["confirm", "refuse"]), proof: Nullable(Jws) }),
};
