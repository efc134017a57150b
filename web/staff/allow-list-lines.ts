import type { ServiceView } from "../../protocol/api/service.ts";

type Place = Pick<ServiceView, "address" | "port">;

/**
 * What is to be written into an agent's allow-list so that these may be dialled: the whole file where there is none that
 * names anything, else the elements to add to its `targets`.
 */
export function allowListLines(places: readonly Place[], whole: boolean): string {
  const targets = [...Map.groupBy(places, ({ address }) => address)].map(([address, at]) => ({
    address,
    ports: [...new Set(at.map(({ port }) => port))].toSorted((a, b) => a - b),
  }));
  return whole ? JSON.stringify({ targets }) : targets.map((target) => JSON.stringify(target)).join(", ");
}
