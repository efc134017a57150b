import type { SignedByPasskey } from "../protocol/statement.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

export interface TrustRoot {
  readonly site: string;
  readonly version: number;
  readonly hash: string;
  /** Exact bytes, base64url. */
  readonly statement: string;
  readonly signatures: SignedByPasskey[];
  readonly state: "proposed" | "current" | "replaced";
}

export async function listTrustRoots(db: Db, scope: Scope): Promise<TrustRoot[]> {
  const rows = await db
    .selectFrom("trust_root")
    .selectAll()
    .where(scope.rows({ site: "trust_root.site" }))
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

export async function insertTrustRoot(db: Db, root: TrustRoot, at: Date): Promise<void> {
  await db
    .insertInto("trust_root")
    .values({ ...root, signatures: JSON.stringify(root.signatures), created_at: at.toISOString() })
    .execute();
}

/** A proposal that was overtaken by another change of the approvers is taken back; what was current never is. */
export async function dropProposedTrustRoot(db: Db, scope: Scope, site: string): Promise<void> {
  await db
    .deleteFrom("trust_root")
    .where("site", "=", site)
    .where("state", "=", "proposed")
    .where(scope.rows({ site: "trust_root.site" }))
    .execute();
}

export async function updateTrustRoot(
  db: Db,
  scope: Scope,
  root: Pick<TrustRoot, "site" | "version" | "state" | "signatures">,
): Promise<void> {
  await db
    .updateTable("trust_root")
    .set({ state: root.state, signatures: JSON.stringify(root.signatures) })
    .where("site", "=", root.site)
    .where("version", "=", root.version)
    .where(scope.rows({ site: "trust_root.site" }))
    .execute();
}
