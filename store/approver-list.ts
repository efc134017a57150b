import type { Hash } from "../protocol/brand.ts";
import type { Id } from "../protocol/make-id.ts";
import type { SignedByPasskey } from "../protocol/statement.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

export interface StoredApproverList {
  readonly site: Id<"site">;
  readonly version: number;
  readonly hash: Hash;
  /** Exact bytes, base64url. */
  readonly statement: string;
  readonly signatures: SignedByPasskey[];
  readonly state: "proposed" | "current" | "replaced";
}

export async function listApproverLists(db: Db, scope: Scope): Promise<StoredApproverList[]> {
  const rows = await db
    .selectFrom("approver_list")
    .selectAll()
    .where(scope.rows({ site: "approver_list.site" }))
    .orderBy("version")
    .execute();
  return rows.map(({ site, version, hash, statement, signatures, state }) => ({
    site,
    version,
    hash,
    statement,
    signatures: JSON.parse(signatures) as SignedByPasskey[],
    state,
  }));
}

export async function insertApproverList(db: Db, root: StoredApproverList, at: Date): Promise<void> {
  await db
    .insertInto("approver_list")
    .values({ ...root, signatures: JSON.stringify(root.signatures), created_at: at.toISOString() })
    .execute();
}

/** A proposal that was overtaken by another change of the approvers is taken back; what was current never is. */
export async function dropProposedApproverList(db: Db, scope: Scope, site: Id<"site">): Promise<void> {
  await db
    .deleteFrom("approver_list")
    .where("site", "=", site)
    .where("state", "=", "proposed")
    .where(scope.rows({ site: "approver_list.site" }))
    .execute();
}

export async function updateApproverList(
  db: Db,
  scope: Scope,
  root: Pick<StoredApproverList, "site" | "version" | "state" | "signatures">,
): Promise<void> {
  await db
    .updateTable("approver_list")
    .set({ state: root.state, signatures: JSON.stringify(root.signatures) })
    .where("site", "=", root.site)
    .where("version", "=", root.version)
    .where(scope.rows({ site: "approver_list.site" }))
    .execute();
}
