import Type from "typebox";
import { Id } from "./id.ts";
import { Base64Url, Instant, Name, Nullable, OneOf, Sha256, Strict, Version } from "./schema.ts";

/** Roles of a site's staff that may sign: a requirement names some of them. */
export const signingRoles = ["approver", "officer", "administrator"] as const;
export type SigningRole = (typeof signingRoles)[number];
export const SigningRoles = Type.Array(OneOf(signingRoles), { minItems: 1, maxItems: 3 });

/** So many distinct persons, each in one of these roles, must have signed. */
export const Requirement = Strict({ roles: SigningRoles, persons: Type.Integer({ minimum: 1, maximum: 4 }) });
export type Requirement = Type.Static<typeof Requirement>;

/** All of them must be met; 4 of 4 persons are as many signatures as travel with a grant or a list. See `quorum.ts`. */
export const Requirements = Type.Array(Requirement, { minItems: 1, maxItems: 4 });

/** By which rule a grant is judged. The next list of approvers is judged by `normal`. */
export const Rules = Strict({ normal: Requirements, emergency: Requirements });
export type Rules = Type.Static<typeof Rules>;

/** One passkey that agents count. */
export const ApproverKey = Strict({
  credential: Base64Url(1_024),
  /** COSE_Key (RFC 9052, section 7), base64url. */
  publicKey: Base64Url(2_048),
  person: Strict({ id: Id("person"), name: Name }),
  rp: Type.String({ minLength: 1, maxLength: 253 }),
  origin: Type.String({ minLength: 1, maxLength: 512 }),
  /** Those of the person's roles that a requirement of the list names. */
  roles: SigningRoles,
  expires: Instant,
});
export type ApproverKey = Type.Static<typeof ApproverKey>;

/** A site's list of approvers: whose passkeys count, in which roles, and how many persons must sign. */
export const ApproversStatement = Strict({
  type: Type.Literal("genkan/approvers/v1"),
  site: Id("site"),
  version: Version,
  /** Hash of the version before; null for the first, which is accepted on the agent's host only. */
  previous: Nullable(Sha256),
  keys: Type.Array(ApproverKey, { minItems: 1, maxItems: 256 }),
  rules: Rules,
});
export type ApproversStatement = Type.Static<typeof ApproversStatement>;
