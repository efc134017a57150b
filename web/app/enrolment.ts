import { send } from "./http.ts";
import type { EnrolmentBegun } from "./views.ts";

/**
 * Begins to enrol by the code of a link: each time a new ceremony, good for one try and for `limits.ceremonyMs`, and a new
 * TOTP secret with it. The link itself stays good until somebody has enrolled by it. Throws `ApiError`.
 */
export function beginEnrolment(code: string): Promise<EnrolmentBegun> {
  return send<EnrolmentBegun>("/api/enrolment/begin", { code });
}

/** For a query: what was begun stays as it is shown until somebody asks for another. */
export const beginsOnce = {
  retry: false,
  staleTime: Number.POSITIVE_INFINITY,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
} as const;
