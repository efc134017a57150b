import type { AccessRequest } from "../../protocol/access-request.ts";
import type { SignedRequest } from "../../protocol/chain.ts";
import type { PublicJwk } from "../../protocol/workstation.ts";
import { fromBase64Url } from "../app/bytes.ts";
import { statementDigest } from "../app/digest.ts";
import { thumbprint } from "../app/thumbprint.ts";

const type = "genkan/request/v1";

/**
 * Verifies a signed request in this browser (WebCrypto): exactly this type, by the key in its header, whose thumbprint
 * (RFC 7638) the chain is then judged by. Throws for anything else.
 */
export async function readSigned(jws: string): Promise<SignedRequest> {
  const [head = "", payload = "", signature = "", ...more] = jws.split(".");
  const header = decode(fromBase64Url(head)) as { alg?: unknown; typ?: unknown; jwk?: PublicJwk; crit?: unknown };
  const { jwk } = header;
  if (more.length > 0 || header.typ !== type || header.crit !== undefined || !jwk) throw new TypeError("no request");
  const ec = jwk.kty === "EC" && jwk.crv === "P-256";
  if (header.alg !== (ec ? "ES256" : "EdDSA") || !(ec || (jwk.kty === "OKP" && jwk.crv === "Ed25519")))
    throw new TypeError("no key of a workstation");
  const [imported, verified] = ec
    ? [
        { name: "ECDSA", namedCurve: "P-256" },
        { name: "ECDSA", hash: "SHA-256" },
      ]
    : [{ name: "Ed25519" }, { name: "Ed25519" }];
  const key = await crypto.subtle.importKey("jwk", jwk, imported, false, ["verify"]);
  const signed = new TextEncoder().encode(`${head}.${payload}`);
  if (!(await crypto.subtle.verify(verified, key, fromBase64Url(signature), signed)))
    throw new TypeError("the signature does not hold");
  const bytes = fromBase64Url(payload);
  const request = decode(bytes) as AccessRequest;
  if (request.type !== type) throw new TypeError("another kind of statement");
  return { request, hash: await statementDigest(type, bytes), signer: await thumbprint(jwk) };
}

function decode(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
}
