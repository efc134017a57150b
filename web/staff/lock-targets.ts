import type { LockKind } from "../../protocol/api/session.ts";
import { useText } from "../app/language.ts";
import { useAgents, useDevices, usePeople, useVendors, useWorkstations } from "../app/queries.ts";

export interface LockTarget {
  id: string;
  name: string;
}

/** What can be locked of a kind, by names that tell two alike apart. */
export function useLockTargets(kind: LockKind): LockTarget[] {
  const { t } = useText();
  const people = usePeople().data?.people ?? [];
  const workstations = useWorkstations().data?.workstations ?? [];
  const vendors = useVendors().data?.vendors ?? [];
  const devices = useDevices().data?.devices ?? [];
  const agents = useAgents().data?.agents ?? [];
  switch (kind) {
    case "person":
      return people.map(({ id, name, vendor, roles }) => ({
        id,
        name: `${name} (${vendor?.name ?? roles.map((role) => t(`role.${role}`)).join(t("shell.comma"))})`,
      }));
    case "workstation":
      return workstations.map(({ id, label, person }) => ({ id, name: `${person.name}: ${label}` }));
    case "vendor":
      return vendors;
    case "device":
      return devices.map(({ id, name, site }) => ({ id, name: `${name} (${site.name})` }));
    case "agent":
      return agents.map(({ id, name }) => ({ id, name }));
    case "site": {
      const sites = [...devices.map((device) => device.site), ...agents.map((agent) => agent.site)];
      return [...new Map(sites.map((site) => [site.id, site])).values()];
    }
    case "everything":
      return [];
  }
}
