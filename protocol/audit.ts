import Type from "typebox";
import { Id } from "./id.ts";
import type { IdKind } from "./make-id.ts";
import type { PersonRef } from "./person.ts";
import { registerActions } from "./register-actions.ts";
import { ByName, Instant, Nullable, OneOf, Opaque, Strict } from "./schema.ts";
import { refused, vendorActions } from "./vendor-action.ts";

export const actorKinds = ["person", "agent", "gateway", "machine", "host", "system"] as const;

/**
 * Who acted: a person who is signed in, an agent, a gateway, a machine with an account of its own, whoever has the
 * authority's host (its commands), or the authority by itself.
 */
export const Actor = Strict({
  kind: OneOf(actorKinds),
  /** Of a person, agent or gateway; else the kind again. */
  id: Type.String({ minLength: 1, maxLength: 64 }),
  name: Type.String({ maxLength: 256 }),
});
export type Actor = Type.Static<typeof Actor>;

export const systemActor: Actor = { kind: "system", id: "system", name: "Genkan" };
export const hostActor: Actor = { kind: "host", id: "host", name: "genkan-authority" };
export const personActor = ({ id, name }: PersonRef): Actor => ({ kind: "person", id, name });

/** What a record can be about. */
export type SubjectKind = IdKind;
/** Ids by their kinds. */
export type Subjects<K extends SubjectKind> = { readonly [S in K]: Id<S> };
/** What is known of them. */
export type SomeSubjects = { readonly [S in SubjectKind]?: Id<S> | undefined };

/**
 * `public`: may be shown wherever the record is. `sensitive`: said by or of people, for readers of the log alone. `secret`:
 * never kept. A fact that no action classifies is secret.
 */
export const factClasses = ["public", "sensitive", "secret"] as const;
export type FactClass = (typeof factClasses)[number];

interface Rule {
  /** Subjects that each record of it names, unless it was refused. */
  readonly must: readonly SubjectKind[];
  readonly may: readonly SubjectKind[];
  readonly facts: Readonly<Record<string, FactClass>>;
}

const none = { must: [], may: [], facts: refused } as const;
const ofRequest = { must: ["request", "device"], may: [], facts: { ...refused, reason: "sensitive" } } as const;
const ofSession = { must: ["session", "grant", "device"], may: [], facts: refused } as const;
const ofWorkstation = { ...refused, kind: "public", thumbprint: "public", label: "sensitive" } as const;
const ofLock = { ...refused, kind: "public", reason: "sensitive" } as const;
const ofSite = { ...refused, name: "public", zone: "public", contact: "public" } as const;
const ofIdentity = {
  must: ["person", "identity"],
  may: [],
  facts: { ...refused, issuer: "public", subject: "sensitive" },
} as const;
const ofTrust = { ...refused, version: "public", hash: "public" } as const;

/** Every action of the log: a closed table. */
export const actions = {
  ...registerActions,
  "sign-in": {
    must: ["signIn"],
    may: ["workstation"],
    facts: { ...refused, kind: "public", factors: "public", dpopKey: "public" },
  },
  "sign-out": { must: ["signIn"], may: [], facts: refused },
  "enrolment.issue": { must: ["person"], may: [], facts: refused },
  "authenticator.enrol": { must: ["person"], may: [], facts: { ...refused, kind: "public" } },
  "first-run.code": none,
  "first-run.administrator": { must: ["person"], may: [], facts: { ...refused, login: "sensitive" } },
  "workstation.enrol": { must: ["workstation"], may: [], facts: ofWorkstation },
  "device-code.confirm": { must: ["signIn"], may: ["workstation"], facts: ofWorkstation },
  "request.create": {
    must: ["request", "device", "workstation"],
    may: [],
    facts: {
      ...refused,
      requestHash: "public",
      signer: "public",
      services: "public",
      windows: "public",
      zone: "public",
      rule: "public",
      reason: "sensitive",
      plan: "sensitive",
      workOrder: "sensitive",
    },
  },
  "request.withdraw": ofRequest,
  "request.approve": {
    must: ["request", "grant", "device", "person"],
    may: [],
    facts: {
      ...refused,
      grantHash: "public",
      requestHash: "public",
      windows: "public",
      asked: "public",
      inForce: "public",
    },
  },
  "request.deny": ofRequest,
  "request.mismatch": {
    must: ["request", "device"],
    may: [],
    facts: { ...refused, faults: "public", requestHash: "public" },
  },
  "grant.revoke": { must: ["grant", "device", "person"], may: [], facts: { ...refused, reason: "sensitive" } },
  "session.admit": {
    must: ["session", "grant", "device", "service"],
    may: [],
    facts: { ...refused, client: "public", grantHash: "public", epoch: "public", factors: "public" },
  },
  "session.begin": { must: ["session", "grant", "device", "person"], may: [], facts: refused },
  "session.end": {
    must: ["session"],
    may: ["grant", "device", "person"],
    facts: { ...refused, counts: "public", toldBy: "public", signedOut: "public", reason: "sensitive" },
  },
  "session.freeze": { ...ofSession, facts: { ...refused, reason: "sensitive" } },
  "session.thaw": ofSession,
  "lock.set": {
    must: ["lock"],
    may: ["site", "vendor", "person", "device", "agent", "workstation", "gateway", "service"],
    facts: ofLock,
  },
  "lock.lift": { must: ["lock"], may: [], facts: ofLock },
  "trust.propose": {
    must: ["site"],
    may: [],
    facts: { ...ofTrust, approvers: "public", rules: "public" },
  },
  "trust.sign": { must: ["site"], may: [], facts: { ...ofTrust, reached: "public" } },
  "agent.token": { must: ["site"], may: [], facts: refused },
  "agent.join": { must: ["agent"], may: [], facts: { ...refused, name: "public", key: "public", sealKey: "public" } },
  "audit.export": none,
  "audit.damage": { must: [], may: [], facts: { ...refused, missing: "public", ranges: "public" } },
  "audit.prove": none,
  "site.read": none,
  "site.add": { must: ["site"], may: [], facts: ofSite },
  "site.enable": { must: ["site"], may: [], facts: refused },
  "site.disable": { must: ["site"], may: [], facts: refused },
  "site.change": { must: ["site"], may: [], facts: { ...ofSite, before: "public" } },
  ...vendorActions,
  "person.add": {
    must: ["person"],
    may: [],
    facts: { ...refused, login: "sensitive", roles: "public", until: "public" },
  },
  "person.roles": {
    must: ["person"],
    may: [],
    facts: { ...refused, roles: "public", before: "public", until: "public" },
  },
  "person.leave": { must: ["person"], may: [], facts: { ...refused, until: "public" } },
  "person.disable": { must: ["person"], may: [], facts: refused },
  "person.enable": { must: ["person"], may: [], facts: refused },
  "identity.add": ofIdentity,
  "identity.remove": ofIdentity,
  "passkey.name": { must: ["person", "authenticator"], may: [], facts: { ...refused, label: "sensitive" } },
  "passkey.add": {
    must: ["person", "authenticator"],
    may: [],
    facts: { ...refused, credential: "public", renews: "public" },
  },
  "passkey.recover": { must: ["person"], may: [], facts: { ...refused, passkeys: "public", reason: "sensitive" } },
  "password.change": { must: ["person"], may: [], facts: refused },
  "workstation.name": { must: ["workstation"], may: [], facts: { ...refused, label: "sensitive" } },
  "workstation.remove": {
    must: ["person", "workstation"],
    may: [],
    facts: { ...refused, keys: "public", reason: "sensitive" },
  },
  "sign-in.end": { must: ["signIn"], may: [], facts: refused },
  "own-account.read": none,
  "passkey.remove": {
    must: ["person", "authenticator"],
    may: [],
    facts: { ...refused, credential: "public", last: "public" },
  },
  "device.reach-test": {
    must: ["device", "service", "agent"],
    may: [],
    facts: { ...refused, reach: "public" },
  },
  "store.backup": { must: [], may: [], facts: { ...refused, size: "public", root: "public", recipient: "public" } },
  "store.restored": {
    must: [],
    may: [],
    facts: { ...refused, restored: "public", backup: "public", size: "public", root: "public", ended: "public" },
  },
  "refusals.counted": { must: [], may: [], facts: { ...refused, action: "public", count: "public" } },
  "call.unknown": none,
  "first-run.read": none,
  "sign-in.begin": none,
  "enrolment.begin": none,
  "enrolment.passkey": none,
  "enrolment.password": none,
  "device-code.begin": none,
  "device-code.lookup": none,
  "token.issue": none,
  "me.read": none,
  "page.read": none,
  "events.watch": none,
  "openapi.read": none,
  "device.read": none,
  "workstation.read": none,
  "person.read": none,
  "account.read": none,
  "vendor.read": none,
  "request.read": none,
  "grant.read": none,
  "session.read": none,
  "recording.read": none,
  "lock.read": none,
  "agent.read": none,
  "checklist.read": none,
  "gateway.read": none,
  "retention.read": none,
  "installation.read": none,
  "trust.read": none,
  "audit.read": none,
} as const satisfies Record<string, Rule>;
export type ActionName = keyof typeof actions;

type Must<A extends ActionName> = (typeof actions)[A]["must"][number];
type May<A extends ActionName> = (typeof actions)[A]["may"][number];
/** Facts that an action may keep. */
export type FactName<A extends ActionName> = A extends ActionName
  ? {
      [K in keyof (typeof actions)[A]["facts"]]: (typeof actions)[A]["facts"][K] extends "secret" ? never : K;
    }[keyof (typeof actions)[A]["facts"]]
  : never;

/** What is to be kept of one act. It does not compile with a subject missing, or with a fact that is not classified. */
export type AuditInput<A extends ActionName, F extends object> = {
  readonly at: Date;
  readonly action: A;
  /** Null for an unknown caller. */
  readonly actor: Actor | null;
  readonly site?: Id<"site"> | null;
  readonly vendor?: Id<"vendor"> | null;
  readonly reasons?: readonly string[];
  readonly facts?: F & { readonly [K in Exclude<keyof F, FactName<A>>]: never };
} & (
  | {
      readonly outcome: "allowed" | "done";
      readonly subjects: Subjects<Must<A>> & Partial<Subjects<May<A>>>;
    }
  /** Of what was refused is named what the caller named. */
  | { readonly outcome: "refused"; readonly subjects: SomeSubjects }
);

/** Those facts that may be kept of an action: what nobody has classified is a secret. */
export function keptFacts(action: string, facts: object): Record<string, unknown> {
  const rule: Rule | undefined = Object.hasOwn(actions, action) ? actions[action as ActionName] : undefined;
  const classOf = (name: string): FactClass =>
    rule && Object.hasOwn(rule.facts, name) ? (rule.facts[name] ?? "secret") : "secret";
  return Object.fromEntries(Object.entries(facts).filter(([name]) => classOf(name) !== "secret"));
}

/** One record of the log: who did what to what, with what outcome and why. */
export const AuditBody = Strict({
  at: Instant,
  action: Type.String({ maxLength: 64 }),
  outcome: OneOf(["allowed", "refused", "done"]),
  /** Null for an unknown caller. */
  actor: Nullable(Actor),
  site: Nullable(Id("site")),
  vendor: Nullable(Id("vendor")),
  /** Ids of what it was about, by kind. */
  subjects: ByName(Opaque),
  reasons: Type.Array(Opaque),
  /** Facts that the decision stood on; each classified, never a secret. */
  facts: ByName(Type.Unknown()),
});
export type AuditBody = Type.Static<typeof AuditBody>;
