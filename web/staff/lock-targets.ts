import type { UseQueryResult } from "@tanstack/react-query";
import type { LockKind } from "../../protocol/lock.ts";
import { useText } from "../app/language.ts";
import { useAgents, useDevices, usePeople, useVendors, useWorkstations } from "../app/queries.ts";

export interface LockTarget {
  id: string;
  name: string;
}

/** What can be locked of a kind. A list that is on its way or can't be had is not an empty one. */
export interface LockTargets {
  targets: LockTarget[];
  /** On its way, for the first time. */
  loading: boolean;
  /** Why it can't be had, and how to ask again. */
  failure: { error: unknown; again: () => void } | undefined;
}

/** By names that tell two alike apart. */
export function useLockTargets(kind: LockKind): LockTargets {
  const { t } = useText();
  const people = usePeople();
  const workstations = useWorkstations();
  const vendors = useVendors();
  const devices = useDevices();
  const agents = useAgents();
  switch (kind) {
    case "person":
      return from([people], () =>
        (people.data?.people ?? []).map(({ id, name, vendor, roles }) => ({
          id,
          name: `${name} (${vendor?.name ?? roles.map((role) => t(`role.${role}`)).join(t("shell.comma"))})`,
        })),
      );
    case "workstation":
      return from([workstations], () =>
        (workstations.data?.workstations ?? []).map(({ id, label, person }) => ({
          id,
          name: `${person.name}: ${label}`,
        })),
      );
    case "vendor":
      return from([vendors], () => vendors.data?.vendors ?? []);
    case "device":
      return from([devices], () =>
        (devices.data?.devices ?? []).map(({ id, name, site }) => ({ id, name: `${name} (${site.name})` })),
      );
    case "agent":
      return from([agents], () => (agents.data?.agents ?? []).map(({ id, name }) => ({ id, name })));
    case "site":
      return from([devices, agents], () => {
        const sites = [...(devices.data?.devices ?? []), ...(agents.data?.agents ?? [])].map(({ site }) => site);
        return [...new Map(sites.map((site) => [site.id, site])).values()];
      });
    case "everything":
      return from([], () => []);
  }
}

/** Whole only when all of its lists are there; an older answer is better than none. */
function from(lists: readonly UseQueryResult[], targets: () => LockTarget[]): LockTargets {
  const missing = lists.filter(({ data }) => data === undefined);
  const failed = missing.filter(({ isError }) => isError);
  const again = () => {
    for (const list of failed) void list.refetch();
  };
  const [first] = failed;
  return {
    targets: targets(),
    loading: missing.length > failed.length,
    failure: first && { error: first.error, again },
  };
}
