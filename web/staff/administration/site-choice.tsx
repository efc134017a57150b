import { NativeSelect } from "@mantine/core";
import { useEffect } from "react";
import { useText } from "../../app/language.ts";
import { useSites } from "../../app/queries.ts";

/** For which hospital something is said; where there is one only, nobody is asked. */
export function SiteChoice({ value, onChange }: { value: string; onChange: (site: string) => void }) {
  const { t } = useText();
  const sites = useSites().data?.sites ?? [];
  const [first] = sites;
  useEffect(() => {
    if (first && !sites.some(({ id }) => id === value)) onChange(first.id);
  }, [first, sites, value, onChange]);
  if (sites.length < 2) return null;
  return (
    <NativeSelect
      label={t("vendor.site")}
      value={value}
      data={sites.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
