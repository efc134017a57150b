declare const brand: unique symbol;

/** Text of one meaning, for which no text of another meaning passes. Each is made in one place, or read by its schema. */
type Branded<Meaning extends string> = string & { readonly [brand]: Meaning };

/** SHA-256 in base64url, of a statement's exact bytes or of a secret. Made by `sha256`. */
export type Hash = Branded<"hash">;

/** SHA-256 of a key's SubjectPublicKeyInfo, base64url: what TLS pins. Made by `keyThumbprint`. */
export type Pin = Branded<"pin">;

/** RFC 7638 thumbprint of a key in JWK. Made by `jwkThumbprint`. */
export type JwkThumbprint = Branded<"jwk-thumbprint">;

/** A workstation is known by either: a browser by its key in JWK, a command line by what its TLS proves. */
export type Thumbprint = Pin | JwkThumbprint;

/** A secret that opens something for whoever has it. Made by `randomToken`; what a stranger shows is no more than text, and what is kept is its {@link Hash}. */
export type Token = Branded<"token">;
