import type { GrantView } from "../../protocol/api/grant.ts";

/** State of a grant at an instant: the reply's own state ages while the page stands open. */
export function grantStateAt(grant: GrantView, nowMs: number): GrantView["state"] {
  if (grant.state === "revoked") return "revoked";
  if (nowMs < Date.parse(grant.window.start)) return "scheduled";
  return nowMs < Date.parse(grant.window.end) ? "open" : "closed";
}
