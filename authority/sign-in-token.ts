import { randomToken } from "../crypto/random.ts";
import { sha256 } from "../crypto/thumbprint.ts";
import { personActor } from "../protocol/audit.ts";
import type { Thumbprint, Token } from "../protocol/brand.ts";
import type { Face } from "../protocol/face.ts";
import type { Factor } from "../protocol/factor.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Person } from "../store/person.ts";
import { insertSignIn } from "../store/sign-in.ts";
import type { Change } from "../store/store.ts";
import { recordOf } from "./person-record.ts";

interface Issue {
  readonly person: Person;
  readonly face: Face;
  readonly factors: readonly Factor[];
  readonly network: string;
  /** The command line's: its DPoP key, and the workstation that it is; null: a browser's. */
  readonly terminal: { readonly dpopKey: Thumbprint; readonly workstation: Id<"workstation"> | null } | null;
}

/**
 * Keeps a new sign-in, with its record. The caller has read within this change that the person may have one, and has proven the
 * factors. The token is a secret: the store has its hash alone.
 */
export async function issueSignIn(
  change: Change,
  { person, face, factors, network, terminal }: Issue,
  now: Date,
): Promise<{ id: Id<"signIn">; token: Token }> {
  const token = randomToken();
  const workstation = terminal?.workstation ?? null;
  const id = await insertSignIn(change.db, {
    token_hash: sha256(token),
    person: person.id,
    face,
    kind: terminal ? "cli" : "cookie",
    factors: JSON.stringify(factors),
    dpop_key: terminal?.dpopKey ?? null,
    workstation,
    network,
    created_at: now.toISOString(),
    used_at: now.toISOString(),
    expires_at: new Date(now.getTime() + limits.signInAbsoluteMs).toISOString(),
  });
  await recordOf(change, person, {
    at: now,
    action: "sign-in",
    outcome: "allowed",
    actor: personActor(person),
    subjects: { signIn: id, ...(workstation === null ? {} : { workstation }) },
    facts: { face, factors, ...(terminal ? { kind: "cli", dpopKey: terminal.dpopKey } : {}) },
  });
  return { id, token };
}
