import type { ColumnType } from "kysely";
import type { Hash, Pin } from "../protocol/brand.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Reach } from "../protocol/reach.ts";
import type { ServiceProtocol } from "../protocol/service.ts";

type Immutable<T> = ColumnType<T, T, never>;
type Flag = number;
/** One that is on unless it is told. */
type Switch = ColumnType<Flag, Flag | undefined, Flag>;

/** Rows of devices, and of what stands beside them and carries to them. Part of `Schema` (`store/schema.ts`). */
export interface DeviceSchema {
  device: {
    id: Immutable<Id<"device">>;
    site: Id<"site">;
    vendor: Id<"vendor">;
    agent: Id<"agent">;
    name: string;
    model: string;
    /** JSON array of short texts. */
    tags: ColumnType<string, string | undefined, string>;
    location: string | null;
    owner: string | null;
    notes: string | null;
    active: Switch;
  };
  service: {
    id: Immutable<Id<"service">>;
    device: Immutable<Id<"device">>;
    name: string;
    protocol: ServiceProtocol;
    address: string;
    port: number;
    /** JSON array of TLS exceptions; null for none. */
    tls: string | null;
    active: Switch;
  };
  agent: {
    id: Immutable<Id<"agent">>;
    site: Immutable<Id<"site">>;
    name: string;
    /** SHA-256 of its public key. */
    key: Immutable<Pin>;
    /** X25519 public key, base64url: what others seal to it. */
    seal_key: Immutable<string>;
    active: Flag;
    joined_at: Immutable<string>;
    seen_at: string | null;
    recorder: Flag;
    skew_ms: number | null;
    trust_version: number | null;
    trust_hash: Hash | null;
  };
  /** What a test of a service found last. */
  reach: { service: Immutable<Id<"service">>; reach: Reach; at: string };
  gateway: {
    id: Immutable<Id<"gateway">>;
    name: string;
    host: string;
    port: number;
    key: Pin;
    active: Switch;
  };
  /** How long a site keeps what, in days; null: without end. A site that has said nothing has no row. */
  retention: { site: Immutable<Id<"site">>; recording_days: number | null; log_days: number | null };
}
