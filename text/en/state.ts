import type { states as ja } from "../ja/state.ts";
import type { SameShape } from "../shape.ts";

export const states: SameShape<typeof ja> = {
  request: {
    pending: "Awaiting approval",
    approved: "Approved",
    denied: "Denied",
    withdrawn: "Withdrawn",
    expired: "Expired",
  },
  grant: { scheduled: "Not begun", open: "Open", closed: "Over", revoked: "Revoked" },
  session: { admitted: "Preparing", live: "Connected", ended: "Ended", frozen: "Frozen" },
};
