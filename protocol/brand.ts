declare const brand: unique symbol;

/** Text of one meaning, for which no text of another meaning passes. Each is made in one place, or read by its schema. */
type Branded<Meaning extends string> = string & { readonly [brand]: Meaning };

/** SHA-256 in base64url, of a statement's exact bytes or of a secret. Made by `sha256`. */
export type Hash = Branded<"hash">;

/** SHA-256 of a key's SubjectPublicKeyInfo, base64url: what TLS pins. Made by `pinOf`. */
export type Pin = Branded<"pin">;

/** RFC 7638 thumbprint of a workstation's key, a browser's or a command line's. Made by `jwkThumbprint`. */
export type Thumbprint = Branded<"thumbprint">;

/** A secret that opens something for whoever has it. Made by `randomToken`; what a stranger shows is no more than text, and what is kept is its {@link Hash}. */
export type Token = Branded<"token">;
