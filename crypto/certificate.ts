import { createPrivateKey, createPublicKey, type KeyObject, sign, X509Certificate } from "node:crypto";

/**
 * A self-signed X.509 certificate whose only work is to carry a pinned key through TLS: no peer reads its names or dates,
 * every peer compares the SHA-256 of its SubjectPublicKeyInfo. Certificate libraries bring a dependency-injection
 * container and some fifteen packages into the gateway's bundle for this, so the few lines of DER stand here.
 * Layout: RFC 5280, section 4.1. Keys: Ed25519 (RFC 8410) or P-256 (RFC 5480).
 */
export function selfSignedCertificate(privateKey: KeyObject): string {
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const ed25519 = privateKey.asymmetricKeyType === "ed25519";
  const algorithm = sequence(ed25519 ? oid("2b6570") : oid("2a8648ce3d040302"));
  const name = sequence(set(sequence(oid("550403"), tlv(0x0c, Buffer.from("genkan")))));
  const validity = sequence(tlv(0x17, Buffer.from("700101000000Z")), tlv(0x18, Buffer.from("99991231235959Z")));
  const version = tlv(0xa0, integer(2));
  const body = sequence(version, integer(1), algorithm, name, validity, name, spki);
  const signature = sign(ed25519 ? null : "sha256", body, privateKey);
  const der = sequence(body, algorithm, tlv(0x03, Buffer.concat([Buffer.of(0), signature])));
  return `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}/g, "$&\n").trimEnd()}\n-----END CERTIFICATE-----\n`;
}

/**
 * Whether the first certificate of `cert` is that of the private `key`, both PEM. TLS itself takes an empty text, or a key of
 * another algorithm, without a word and then has nothing to show. Throws what Node throws for a text that is neither.
 */
export function certificateHasKey(cert: string, key: string): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}

/** When the first certificate of `cert` (PEM) ends. Throws what Node throws for a text that is none. */
export function certificateEnd(cert: string): Date {
  return new Date(new X509Certificate(cert).validTo);
}

function tlv(tag: number, value: Buffer): Buffer {
  const length =
    value.length < 0x80
      ? Buffer.of(value.length)
      : value.length < 0x100
        ? Buffer.of(0x81, value.length)
        : Buffer.of(0x82, value.length >> 8, value.length & 0xff);
  return Buffer.concat([Buffer.of(tag), length, value]);
}

const sequence = (...parts: Buffer[]) => tlv(0x30, Buffer.concat(parts));
const set = (...parts: Buffer[]) => tlv(0x31, Buffer.concat(parts));
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, "hex"));
const integer = (value: number) => tlv(0x02, Buffer.of(value));
