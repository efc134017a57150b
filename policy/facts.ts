import type { Requirement } from "../protocol/approvers.ts";
import type { Thumbprint } from "../protocol/brand.ts";
import type { LockedKind, LockKind } from "../protocol/lock.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Role } from "../protocol/person.ts";
import type { Signer } from "../protocol/quorum.ts";

/** Facts are plain values gathered by the caller; instants are epoch milliseconds. */
export interface Interval {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export interface PersonFacts {
  readonly id: Id<"person">;
  readonly active: boolean;
  /** Held where the device is: at its site, or with its vendor. What somebody is elsewhere counts for nothing here. */
  readonly roles: readonly Role[];
  /** For whom they work; null for a hospital's staff. */
  readonly vendor: { readonly id: Id<"vendor">; readonly active: boolean } | null;
}

/** Somebody whose yes counts: until their key expires, or what they are at the site ends. */
export interface CountedSigner extends Signer {
  readonly until: number;
}

export interface SignInFacts {
  /** Distinct proven factors of this sign-in; a passkey with user verification counts as two. */
  readonly factors: number;
}

export interface WorkstationFacts {
  readonly id: Id<"workstation">;
  readonly person: Id<"person">;
  /** RFC 7638 thumbprints of its keys. */
  readonly thumbprints: readonly Thumbprint[];
}

export interface LockFacts {
  readonly kind: LockKind;
  /** Null for everything. */
  readonly target: Id<LockedKind> | null;
  /** Of whoever locked: it covers what concerns this site's devices and staff. Null: all of them. */
  readonly site: Id<"site"> | null;
}

export interface DeviceFacts {
  /** False when it, or its site, is turned off. */
  readonly active: boolean;
  readonly id: Id<"device">;
  readonly site: Id<"site">;
  readonly vendor: Id<"vendor">;
  readonly agent: Id<"agent">;
  /** Those that nobody has disabled. */
  readonly services: readonly Id<"service">[];
}

/** A technician asks for windows. */
export interface AskFacts {
  readonly action: "ask";
  readonly person: PersonFacts;
  readonly signIn: SignInFacts;
  readonly workstation: WorkstationFacts | null;
  readonly device: DeviceFacts;
  readonly contract: Interval | null;
  readonly locks: readonly LockFacts[];
  readonly windows: readonly Interval[];
  readonly services: readonly Id<"service">[];
  readonly openRequests: number;
}

/** An approver says yes: to the same facts, for the windows that result, with the approver's own. */
export interface ApproveFacts extends Omit<AskFacts, "action" | "openRequests"> {
  readonly action: "approve";
  readonly approver: PersonFacts;
  /** Of the site's list of approvers in force. */
  readonly requirements: readonly Requirement[];
  /** Who has signed the same grant before, each in the roles that count. */
  readonly approved: readonly Signer[];
  readonly asked: readonly Interval[];
}

/** A session begins, or lives on. */
export interface AdmitFacts<A extends "admit" | "renew" = "admit" | "renew"> {
  readonly action: A;
  readonly person: PersonFacts;
  /** `ended`: its person has signed out. */
  readonly signIn: SignInFacts & { readonly ended: boolean };
  readonly workstation: WorkstationFacts | null;
  readonly device: DeviceFacts;
  readonly contract: Interval | null;
  readonly locks: readonly LockFacts[];
  readonly grant: {
    readonly person: Id<"person">;
    readonly workstation: Id<"workstation">;
    readonly agent: Id<"agent">;
    readonly thumbprints: readonly Thumbprint[];
    readonly services: readonly Id<"service">[];
    readonly windows: readonly Interval[];
    /** Its approvals were enough once; whether they are still is another fact. */
    readonly inForce: boolean;
    readonly revoked: boolean;
    /** Whose signed approvals are on file, each in the roles that still count. */
    readonly approvers: readonly CountedSigner[];
    /** Of the site's list of approvers in force; none when there is no list. */
    readonly requirements: readonly Requirement[];
  };
  readonly service: Id<"service">;
  readonly liveSessions: number;
  /** `active`: nobody has disabled it. */
  readonly agent: { readonly active: boolean; readonly present: boolean; readonly recorderReady: boolean };
}
