import type { KeyObject } from "node:crypto";
import { AccessRequest } from "../protocol/access-request.ts";
import type { SignedRequest } from "../protocol/chain.ts";
import { RequestJws } from "../protocol/schema.ts";
import type { PublicJwk } from "../protocol/workstation.ts";
import { signWithJwk, statementHash, verifyWithJwk } from "./statement.ts";

const type = "genkan/request/v1";

/** Signs what is asked for with a workstation's key; a compact JWS. */
export function signRequest(request: AccessRequest, key: KeyObject, jwk: PublicJwk): Promise<string> {
  return signWithJwk(type, request, key, jwk);
}

/**
 * Verifies a signed request by the key that it carries; whether that key is one of its workstation's is judged with the rest
 * of the chain (`protocol/chain.ts`). Throws `request-malformed`.
 */
export async function verifyRequest(jws: string): Promise<SignedRequest> {
  const { payload, bytes, thumbprint } = await verifyWithJwk(type, AccessRequest, jws, "request-malformed", RequestJws);
  return { request: payload, hash: statementHash(type, bytes), signer: thumbprint };
}
