import { newId } from "../crypto/random.ts";
import type { Hash } from "../protocol/brand.ts";
import type { Decision } from "../protocol/decision.ts";
import type { Grant } from "../protocol/grant.ts";
import type { Id } from "../protocol/make-id.ts";
import type { PersonRef } from "../protocol/person.ts";
import type { SignedByPasskey } from "../protocol/statement.ts";
import type { Window } from "../protocol/window.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

/** A grant that waits for more approvals. */
export interface Proposal {
  readonly grant: Id<"grant">;
  readonly hash: Hash;
  /** Exact bytes, base64url. */
  readonly bytes: string;
  readonly windows: readonly Window[];
  readonly approvals: readonly { readonly person: PersonRef; readonly signed: SignedByPasskey }[];
}

export async function insertApproval(
  db: Db,
  input: { grant: Id<"grant">; approver: Id<"person">; signed: SignedByPasskey; at: Date },
): Promise<void> {
  await db
    .insertInto("approval")
    .values({
      id: newId("approval"),
      grant: input.grant,
      person: input.approver,
      signed: JSON.stringify(input.signed),
      created_at: input.at.toISOString(),
    })
    .execute();
}

/** Proposed grants, by the request that each would answer. */
export async function listProposals(
  db: Db,
  scope: Scope,
  requests: readonly Id<"request">[],
): Promise<ReadonlyMap<string, Proposal>> {
  if (requests.length === 0) return new Map();
  const rows = await db
    .selectFrom("grant")
    .innerJoin("approval", "approval.grant", "grant.id")
    .innerJoin("person", "person.id", "approval.person")
    .where("grant.request", "in", requests)
    .where("grant.approved_at", "is", null)
    .where(scope.rows({ site: "grant.site", vendor: "grant.vendor", person: "grant.person" }))
    .select([
      "grant.id",
      "grant.request",
      "grant.hash",
      "grant.bytes",
      "approval.signed",
      "person.id as person",
      "person.name",
    ])
    .orderBy("approval.created_at")
    .execute();
  const proposals = [...Map.groupBy(rows, ({ request }) => request)].flatMap(([request, [first, ...more]]) => {
    if (!first) return [];
    const { id: grant, hash, bytes } = first;
    const { windows } = JSON.parse(Buffer.from(bytes, "base64url").toString("utf8")) as Grant;
    const approvals = [first, ...more].map(({ person, name, signed }) => ({
      person: { id: person, name },
      signed: JSON.parse(signed) as SignedByPasskey,
    }));
    return [[request, { grant, hash, bytes, windows, approvals }] as const];
  });
  return new Map(proposals);
}

/** A proposed grant has the approvals that it needs, by the last yes that was allowed. False when it was in force before. */
export async function putInForce(
  db: Db,
  _allowed: Decision<"allow", "approve">,
  grant: Id<"grant">,
  at: Date,
): Promise<boolean> {
  const result = await db
    .updateTable("grant")
    .set({ approved_at: at.toISOString() })
    .where("id", "=", grant)
    .where("approved_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
