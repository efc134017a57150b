import { readCoseKey } from "../crypto/cose.ts";
import { parseStatement, statementHash } from "../crypto/statement.ts";
import { verifyAssertion } from "../crypto/webauthn.ts";
import { type ApproverKey, ApproversStatement, type Requirement } from "../protocol/approvers.ts";
import type { Hash } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import { met } from "../protocol/quorum.ts";
import type { SignedByPasskey, StatementType } from "../protocol/statement.ts";

/** A list of approvers, parsed from its exact bytes: whose passkeys count at this site, in which roles, and how many must sign. */
export interface ApproverList {
  readonly bytes: Uint8Array;
  readonly hash: Hash;
  readonly statement: ApproversStatement;
  /** By credential id. */
  readonly keys: ReadonlyMap<string, ApproverKey>;
}

/** Throws `trust-refused` for what is no list of this site, names a credential twice, or holds a key that anybody could forge. */
export function readApproverList(bytes: Uint8Array, site: string): ApproverList {
  const statement = parseStatement(ApproversStatement, bytes, "trust-refused");
  if (statement.site !== site) throw new GenkanError("trust-refused", "It is another site's.");
  const keys = new Map(statement.keys.map((key) => [key.credential, key]));
  if (keys.size !== statement.keys.length) throw new GenkanError("trust-refused", "A credential stands in it twice.");
  for (const { publicKey, person } of statement.keys) requireSound(publicKey, person.name);
  return { bytes, hash: statementHash("genkan/approvers/v1", bytes), statement, keys };
}

function requireSound(publicKey: string, name: string): void {
  try {
    readCoseKey(Buffer.from(publicKey, "base64url"));
  } catch (cause) {
    throw new GenkanError("trust-refused", `The key of ${name} can't be used.`, { cause });
  }
}

/**
 * The key of `list` that signed `bytes` as a statement of `type`: known, not expired, and its WebAuthn assertion holds.
 * Undefined otherwise. What stands in the statement, and what the signer's roles are good for, is the caller's to check.
 */
export function signerOf(
  list: ApproverList,
  signed: SignedByPasskey,
  statement: { readonly type: StatementType; readonly bytes: Uint8Array; readonly now: Date },
): ApproverKey | undefined {
  const key = list.keys.get(signed.credential);
  if (!key || Date.parse(key.expires) <= statement.now.getTime()) return undefined;
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

/** Whether these keys' owners are whom the requirements want. */
export function metBy(requirements: readonly Requirement[], keys: readonly ApproverKey[]): boolean {
  return met(
    requirements,
    keys.map(({ person, roles }) => ({ person: person.id, roles })),
  );
}

/**
 * Whether `next` follows from `pinned`: the version after it, naming its hash, and signed by those whom the pinned list's
 * normal rule requires. The copy of the statement inside each signature is not looked at: the challenge binds the bytes
 * themselves.
 */
export function follows(
  next: ApproverList,
  pinned: ApproverList,
  signatures: readonly SignedByPasskey[],
  now: Date,
): boolean {
  if (next.statement.version !== pinned.statement.version + 1) return false;
  if (next.statement.previous !== pinned.hash) return false;
  const statement = { type: "genkan/approvers/v1", bytes: next.bytes, now } as const;
  const signers = signatures.flatMap((signed) => signerOf(pinned, signed, statement) ?? []);
  return metBy(pinned.statement.rules.normal, signers);
}
