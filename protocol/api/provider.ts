import Type from "typebox";
import { ClaimMapping } from "../claim-mapping.ts";
import { faces } from "../face.ts";
import { Id } from "../id.ts";
import { Issuer } from "../identity.ts";
import { limits } from "../limits.ts";
import { Instant, LineText, Name, Nullable, OneOf, Strict } from "../schema.ts";

/** Printable ASCII, as RFC 6749 (appendix A.1 and A.2) has client ids and secrets. */
const printable = (maxCharacters: number) => Type.String({ pattern: `^[\\x20-\\x7e]{1,${maxCharacters}}$` });
const FactorValues = Type.Array(LineText(limits.claimCharacters), { maxItems: limits.factorValues });

export const ClientSecret = printable(limits.clientSecretCharacters);

/** What of a provider may be said anew. */
const said = {
  /** On its button. */
  label: Name,
  clientId: printable(limits.tokenCharacters),
  mapping: ClaimMapping,
  /** What in its answer proves two factors: one of these `acr`, or one of these in `amr` (RFC 8176). None: asked for here. */
  twoFactors: Strict({ acr: FactorValues, amr: FactorValues }),
  /** How long ago somebody may have shown themselves there (`max_age`); null: not asked, for providers that say no `auth_time`. */
  maxAgeSeconds: Nullable(Type.Integer({ minimum: 60, maximum: limits.providerAgeSeconds })),
};

/** What it is for good: whom it signs in, and where it is. Another is another provider. */
const fixed = {
  issuer: Issuer,
  face: OneOf(faces),
  /** Whose people alone it signs in: a site's or a vendor's; both null: anybody's of its face. */
  site: Nullable(Id("site")),
  vendor: Nullable(Id("vendor")),
};

/** A provider by which people sign in (OpenID Connect Core 1.0), as administrators see it: never with its secret. */
export const ProviderView = Strict({
  id: Id("provider"),
  ...fixed,
  ...said,
  active: Type.Boolean(),
  createdAt: Instant,
});
export type ProviderView = Type.Static<typeof ProviderView>;

export const ProviderAdd = Strict({ ...fixed, ...said, secret: ClientSecret });
export type ProviderAdd = Type.Static<typeof ProviderAdd>;

/** Without a secret the one that is kept stays. */
export const ProviderChange = Strict({ ...said, secret: Nullable(ClientSecret) });
export type ProviderChange = Type.Static<typeof ProviderChange>;
