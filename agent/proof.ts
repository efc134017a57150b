import { verifyWithJwk } from "../crypto/statement.ts";
import type { Hash, Thumbprint } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import { Proof } from "../protocol/statement.ts";

export interface ProofGateOptions {
  readonly session: string;
  readonly grantHash: Hash;
  /** RFC 7638 thumbprints of the workstation's keys, from the grant. */
  readonly thumbprints: readonly Thumbprint[];
  /** This session's nonce. */
  readonly nonce: string;
}

/** Lets exactly one client into a session: the one whose workstation proves itself first. */
export class ProofGate {
  readonly #o: ProofGateOptions;
  #used = false;

  constructor(o: ProofGateOptions) {
    this.#o = o;
  }

  /**
   * Verifies a proof for what the client is bound to: `tls:<key>` or `host:<access host with port>`. Throws
   * `proof-invalid` unless everything holds and none was accepted before. A wrong proof spends nothing, or a stranger
   * could shut the technician out.
   */
  async pass(jws: string, binding: string): Promise<void> {
    const { session, grantHash, thumbprints, nonce } = this.#o;
    const { payload, thumbprint } = await verifyWithJwk("genkan/proof/v1", Proof, jws, "proof-invalid");
    const holds =
      thumbprints.includes(thumbprint) &&
      payload.grant === grantHash &&
      payload.session === session &&
      payload.nonce === nonce &&
      payload.binding === binding;
    if (!holds || this.#used) throw new GenkanError("proof-invalid");
    this.#used = true;
  }
}
