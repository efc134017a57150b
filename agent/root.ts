import { parseStatement, statementHash } from "../crypto/statement.ts";
import { verifyAssertion } from "../crypto/webauthn.ts";
import { GenkanError } from "../protocol/error.ts";
import {
  type ApproverKey,
  ApproversStatement,
  type SignedByPasskey,
  type StatementType,
} from "../protocol/statement.ts";

/** A trust root, parsed from its exact bytes: whose passkeys count at this site, in which role, and how many of them. */
export interface Root {
  readonly bytes: Uint8Array;
  readonly hash: string;
  readonly statement: ApproversStatement;
  /** By credential id. */
  readonly keys: ReadonlyMap<string, ApproverKey>;
}

export type Rule = ApproversStatement["rules"]["normal"];

/** Throws `trust-refused` for what is no root of this site, or names a credential twice. */
export function readRoot(bytes: Uint8Array, site: string): Root {
  const statement = parseStatement(ApproversStatement, bytes, "trust-refused");
  if (statement.site !== site) throw new GenkanError("trust-refused", "It is another site's.");
  const keys = new Map(statement.keys.map((key) => [key.credential, key]));
  if (keys.size !== statement.keys.length) throw new GenkanError("trust-refused", "A credential stands in it twice.");
  return { bytes, hash: statementHash("genkan/approvers/v1", bytes), statement, keys };
}

/**
 * The key of `root` that signed `bytes` as a statement of `type`: known, in a role of `rule`, not expired, and its
 * WebAuthn assertion holds. Undefined otherwise. What stands in the statement is the caller's to check.
 */
export function signerOf(
  root: Root,
  rule: Rule,
  signed: SignedByPasskey,
  statement: { readonly type: StatementType; readonly bytes: Uint8Array; readonly now: Date },
): ApproverKey | undefined {
  const key = root.keys.get(signed.credential);
  if (!key || Date.parse(key.expires) <= statement.now.getTime()) return undefined;
  if (!key.roles.some((role) => rule.roles.includes(role))) return undefined;
  const challenge = statementHash(statement.type, statement.bytes);
  try {
    const { origin, rp, publicKey } = key;
    verifyAssertion(signed, { challenge, origin, rp, publicKey }, "approval-missing");
  } catch (error) {
    if (error instanceof GenkanError) return undefined;
    throw error;
  }
  return key;
}

/**
 * Whether `next` follows from `pinned`: the version after it, naming its hash, and signed by as many distinct persons as
 * the pinned root's normal rule wants. The copy of the statement inside each signature is not looked at: the challenge
 * binds the bytes themselves.
 */
export function follows(next: Root, pinned: Root, signatures: readonly SignedByPasskey[], now: Date): boolean {
  if (next.statement.version !== pinned.statement.version + 1) return false;
  if (next.statement.previous !== pinned.hash) return false;
  const rule = pinned.statement.rules.normal;
  const statement = { type: "genkan/approvers/v1", bytes: next.bytes, now } as const;
  const persons = new Set(signatures.map((signed) => signerOf(pinned, rule, signed, statement)?.person.id));
  persons.delete(undefined);
  return persons.size >= rule.threshold;
}
