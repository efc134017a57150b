import type { LeaseRenewal } from "../authority/lease-renewal.ts";

/** What ends sessions or links has ended them when it answers. */
export async function cutting(leases: LeaseRenewal, work: Promise<unknown>) {
  await work;
  await leases.round();
  return {};
}
