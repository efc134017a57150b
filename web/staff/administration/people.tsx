import type { Me } from "../../../protocol/api/me.ts";
import { People } from "../../app/people/people.tsx";
import { useSites, useVendors } from "../../app/queries.ts";
import { runsInstallation } from "../may.ts";
import { Area } from "./area.tsx";
import { SheetButtons } from "./sheet-import.tsx";

/** People of the sites that this person administers; of every place, where they run the installation. */
export function PeoplePage({ me }: { me: Me }) {
  const all = runsInstallation(me);
  const sites = useSites().data?.sites ?? [];
  const vendors = useVendors().data?.vendors ?? [];
  const places = [
    ...sites.map(({ id, name }) => ({ site: { id, name }, vendor: null })),
    ...(all ? vendors.map(({ id, name }) => ({ site: null, vendor: { id, name } })) : []),
    ...(all ? [{ site: null, vendor: null }] : []),
  ];
  return (
    <Area name="people">
      <People me={me} places={places} beside={<SheetButtons kind="person" />} />
    </Area>
  );
}
