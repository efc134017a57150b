import type { Check } from "../check.ts";
import type { DeviceFacts, Interval, PersonFacts } from "../facts.ts";

interface Subcontracted {
  readonly person: PersonFacts;
  readonly device: DeviceFacts;
  /** For how long the hospital lets their company work on this device's vendor's devices; null where it does not. */
  readonly consent: Interval | null;
  readonly windows?: readonly Interval[];
}

const own = ({ person, device }: Subcontracted) => person.vendor?.id === device.vendor;

/** The device is one of their own company's, or the hospital has consented to a subcontractor (D16, D24, D26). */
export const consentInDate: Check<Subcontracted> = {
  reason: "consent-in-date",
  holds: (facts, now) =>
    own(facts) ||
    (facts.consent !== null && [{ start: now, end: now + 1 }, ...(facts.windows ?? [])].every(within(facts.consent))),
  edge: (facts) => (own(facts) ? null : (facts.consent?.end ?? null)),
};

const within =
  (consent: Interval) =>
  ({ start, end }: Interval) =>
    consent.start <= start && end <= consent.end;
