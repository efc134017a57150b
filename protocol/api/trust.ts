import Type from "typebox";
import { Rules, SigningRoles } from "../approvers.ts";
import { Id } from "../id.ts";
import { PersonRef } from "../person.ts";
import { Base64Url, Instant, Nullable, Opaque, Sha256, Strict } from "../schema.ts";
import { Site } from "../site.ts";
import { WebAuthnJson } from "./factor.ts";

const list = {
  version: Type.Integer(),
  hash: Sha256,
  approvers: Type.Array(Strict({ person: PersonRef, credential: Opaque, roles: SigningRoles, expires: Instant })),
  rules: Rules,
};

/** One site's list of approvers' keys as its agents pin it. */
export const TrustView = Strict({
  site: Site,
  current: Nullable(Strict(list)),
  /** Version n+1, waiting for the signatures of those whom version n requires. */
  proposed: Nullable(Strict({ ...list, signedBy: Type.Array(PersonRef) })),
});
export type TrustView = Type.Static<typeof TrustView>;
/** GET /api/trust: of each site that the caller sees. */
export const TrustList = Strict({ sites: Type.Array(TrustView) });
export type TrustList = Type.Static<typeof TrustList>;
/** POST /api/trust/signature/begin and POST /api/trust/signature */
export const TrustSign = {
  /** Of whoever signs for several sites: for which. */
  begin: Strict({ site: Type.Optional(Id("site")) }),
  beginReply: Strict({
    ceremony: Id("ceremony"),
    statement: Base64Url(200_000),
    options: WebAuthnJson,
  }),
  body: Strict({ ceremony: Id("ceremony"), response: WebAuthnJson }),
};
/** POST /api/trust/rules: who must approve at a site from now on; the list of approvers with it waits for signatures. */
export const TrustRules = Strict({ site: Id("site"), rules: Rules });
export type TrustRules = Type.Static<typeof TrustRules>;
