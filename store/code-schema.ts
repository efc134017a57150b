import type { ColumnType } from "kysely";
import type { Hash, Thumbprint } from "../protocol/brand.ts";
import type { Face } from "../protocol/face.ts";
import type { Id } from "../protocol/make-id.ts";

type Immutable<T> = ColumnType<T, T, never>;

/** What is good once, and for a while. Texts as in `store/schema.ts`. */
export interface CodeSchema {
  device_code: {
    code_hash: Immutable<Hash>;
    user_code: Immutable<string>;
    face: Immutable<Face>;
    /** Workstation key that waits to join, and its label. */
    jwk: Immutable<string | null>;
    thumbprint: Immutable<Thumbprint | null>;
    label: Immutable<string | null>;
    address: Immutable<string>;
    state: "pending" | "confirmed" | "refused" | "used";
    person: Id<"person"> | null;
    factors: string | null;
    workstation: Id<"workstation"> | null;
    created_at: Immutable<string>;
    expires_at: Immutable<string>;
    polled_at: string | null;
  };
  /** Single-use values with an expiry: DPoP `jti`. */
  used_once: { value: Immutable<string>; expires_at: Immutable<string> };
  join_token: {
    token_hash: Immutable<Hash>;
    site: Immutable<Id<"site">>;
    expires_at: Immutable<string>;
    used_at: string | null;
  };
  /** For the first administrator, from the host's console; the newest alone. */
  first_code: { code_hash: Immutable<Hash>; expires_at: Immutable<string> };
}
