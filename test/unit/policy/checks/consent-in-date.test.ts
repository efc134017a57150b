import { expect, test } from "vitest";
import { consentInDate } from "../../../../policy/checks/consent-in-date.ts";
import { ask, device, hour, now, technician } from "../facts.ts";

type Facts = Parameters<typeof consentInDate.holds>[0];
/** A device of another company than the technician's. */
const anothers = (consent: Facts["consent"]): Facts => ({
  ...ask,
  device: { ...device, vendor: "ven_another" },
  consent,
});
const [window] = ask.windows;
const end = window?.end ?? 0;

test.each<[boolean, string, Facts]>([
  [true, "a device of their own company", ask],
  [true, "another's, with a consent that covers now and the window", anothers({ start: now, end })],
  [false, "another's, with none", anothers(null)],
  [false, "another's, with one that begins the next instant", anothers({ start: now + 1, end })],
  [false, "another's, with one that ends within the window", anothers({ start: now, end: end - 1 })],
  [
    false,
    "another's, with one that ends this very instant",
    { ...anothers({ start: now - hour, end: now }), windows: [] },
  ],
  [false, "whoever works for no company", { ...ask, person: { ...technician, vendor: null } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(consentInDate.holds(facts, now)).toBe(holds);
});

test("stands until the consent ends, and for an own device for good", () => {
  expect(consentInDate.edge?.(anothers({ start: now, end }), now)).toBe(end);
  expect([consentInDate.edge?.(anothers(null), now), consentInDate.edge?.(ask, now)]).toEqual([null, null]);
});
