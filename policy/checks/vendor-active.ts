import type { Check } from "../check.ts";
import type { DeviceFacts, PersonFacts } from "../facts.ts";

/** The vendor works for this hospital, and this device is one of its own (D16, D24). */
export const vendorActive: Check<{ person: PersonFacts; device: DeviceFacts }> = {
  reason: "vendor-active",
  holds: ({ person, device }) => person.vendor?.active === true && person.vendor.id === device.vendor,
};
