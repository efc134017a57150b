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

/** At one site, by names that tell two alike apart. */
export function useLockTargets(kind: LockKind, at: string | undefined): LockTargets {
  const { t } = useText();
  const people = usePeople();
  const workstations = useWorkstations();
  const vendors = useVendors();
  const devices = useDevices();
  const agents = useAgents();
  switch (kind) {
    case "person":
      return from([people], () =>
        (people.data?.people ?? []).flatMap(({ id, name, memberships }) =>
          memberships
            .filter(({ site }) => site === null || site.id === at)
            .map(({ vendor, roles }) => ({
              id,
              name: `${name} (${vendor?.name ?? roles.map((role) => t(`role.${role}`)).join(t("shell.comma"))})`,
            })),
        ),
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
        (devices.data?.devices ?? [])
          .filter(({ site }) => site.id === at)
          .map(({ id, name, site }) => ({ id, name: `${name} (${site.name})` })),
      );
    case "agent":
      return from([agents], () =>
        (agents.data?.agents ?? []).filter(({ site }) => site.id === at).map(({ id, name }) => ({ id, name })),
      );
    case "site":
      return from([devices, agents], () => {
        const sites = [...(devices.data?.devices ?? []), ...(agents.data?.agents ?? [])].map(({ site }) => site);
        return [...new Map(sites.map((site) => [site.id, site])).values()].filter(({ id }) => id === at);
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
