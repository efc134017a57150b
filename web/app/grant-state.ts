import type { GrantView } from "../../protocol/api/grant.ts";
import { windowState } from "../../protocol/window-at.ts";

/** State of a grant at an instant: the reply's own state ages while the page stands open. */
export function grantStateAt(grant: GrantView, nowMs: number): GrantView["state"] {
  return grant.state === "revoked" ? "revoked" : windowState(grant.windows, nowMs);
}
