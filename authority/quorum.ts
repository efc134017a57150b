/** Approvals that a grant needs. A site's policies will raise it; nothing lowers it. */
export const requiredApprovals = 1;
