import type { RequestView } from "../protocol/api/request.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { standing } from "../protocol/quorum.ts";
import { listProposals } from "../store/approval.ts";
import type { Db } from "../store/database.ts";
import { listRequests, type RequestRow } from "../store/request.ts";
import { Scope } from "../store/scope.ts";
import { countedSigners } from "./approvers.ts";
import { FactReader } from "./fact-reader.ts";

/** Requests with how far the approvals of each have come. */
export async function viewRequests(db: Db, scope: Scope, now: Date): Promise<RequestView[]> {
  return withApprovals(db, await listRequests(db, scope, now), now);
}

/** Throws `not-found` for what is unknown, or not for this scope: both look alike. */
export async function viewRequest(db: Db, scope: Scope, id: Id<"request">, now: Date): Promise<RequestView> {
  const [view] = await withApprovals(db, await listRequests(db, scope, now, id), now);
  if (!view) throw new GenkanError("not-found");
  return view;
}

/** Whoever may see a request may see who has approved it; people and lists are read without the caller's scope. */
async function withApprovals(db: Db, rows: readonly RequestRow[], now: Date): Promise<RequestView[]> {
  const read = new FactReader(db, now);
  const pending = rows.filter(({ state }) => state === "pending").map(({ id }) => id);
  const proposals = await listProposals(db, Scope.system(), pending);
  return Promise.all(
    rows.map(async (row) => {
      const list = row.state === "pending" ? await read.approvers(row.site.id) : null;
      if (!list) return { ...row, approval: null };
      const proposal = proposals.get(row.id);
      const signed = proposal?.approvals.map((approval) => approval.signed) ?? [];
      const by = await countedSigners(list, signed, (id) => read.person(id), now);
      const { places, filled, wanted } = standing(list.rules[row.rule], by);
      const approvers = proposal?.approvals.map(({ person }) => person) ?? [];
      const proposed = proposal ? { hash: proposal.hash, windows: [...proposal.windows] } : null;
      return { ...row, approval: { places, filled, wanted: [...wanted], approvers, proposed } };
    }),
  );
}
