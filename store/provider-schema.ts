import type { ColumnType } from "kysely";
import type { Face } from "../protocol/face.ts";
import type { Id } from "../protocol/make-id.ts";

type Immutable<T> = ColumnType<T, T, never>;

/** Who signs people in besides the authority itself. Texts as in `store/schema.ts`. */
export interface ProviderSchema {
  provider: {
    id: Immutable<Id<"provider">>;
    issuer: Immutable<string>;
    face: Immutable<Face>;
    /** Whose people alone it signs in; both null: anybody's of its face. */
    site: Immutable<Id<"site"> | null>;
    vendor: Immutable<Id<"vendor"> | null>;
    label: string;
    client_id: string;
    /** Sealed by the data key. */
    secret_sealed: string;
    /** JSON: the claim mapping. */
    mapping: string;
    /** JSON: which `acr` and `amr` prove two factors. */
    two_factors: string;
    max_age_seconds: number | null;
    active: number;
    created_at: Immutable<string>;
  };
}
