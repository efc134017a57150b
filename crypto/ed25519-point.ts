/** The field's prime of RFC 8032, section 5.1. */
const prime = 2n ** 255n - 19n;

/** y of the eight points whose order divides 8; the sign of x makes no difference here. */
const smallOrder: readonly bigint[] = [
  0n,
  1n,
  prime - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
];

/**
 * Whether an encoded Ed25519 point may be a public key: y below the prime, in its one form, and not of small order. A signature
 * by a key of small order can hold for messages that nobody signed.
 */
export function isSoundEd25519(encoded: Uint8Array): boolean {
  const y = BigInt(`0x${Buffer.from(encoded).reverse().toString("hex")}`) & (2n ** 255n - 1n);
  return y < prime && !smallOrder.includes(y);
}
