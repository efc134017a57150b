import type { GrantView } from "../../protocol/api/grant.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import type { SessionView } from "../../protocol/api/session.ts";

export const states = {
  request: { pending: "承認待ち", approved: "承認済み", denied: "却下", withdrawn: "取り下げ", expired: "期限切れ" },
  grant: { scheduled: "開始前", open: "利用できます", closed: "終了", revoked: "取り消し" },
  session: { admitted: "準備中", live: "接続中", ended: "終了", frozen: "一時停止中" },
} as const satisfies {
  request: Record<RequestView["state"], string>;
  grant: Record<GrantView["state"], string>;
  session: Record<SessionView["state"] | "frozen", string>;
};
