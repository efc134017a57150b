import type { Check } from "../check.ts";

/** When what somebody is at the device's site, or with its vendor, ends: epoch milliseconds, null for never; null where they are nobody. */
interface Belonging {
  readonly person: { readonly membership: { readonly until: number | null } | null };
}

/** The company or the hospital still calls this person one of theirs; a session ends when it no longer does. */
export const membershipInDate: Check<Belonging> = {
  reason: "membership-in-date",
  holds: ({ person: { membership } }, now) =>
    membership !== null && (membership.until === null || now < membership.until),
  edge: ({ person }) => person.membership?.until ?? null,
};
