import { Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useText } from "../../app/language.ts";
import { PageTitle } from "../../app/page-title.tsx";
import { Link, usePath } from "../../app/router.tsx";
import css from "./area.module.css";

/** What an administrator keeps, each an area with a page of its own below `/administration`. */
export const areas = [
  "checklist",
  "sites",
  "people",
  "vendors",
  "devices",
  "agents",
  "gateways",
  "approvers",
  "retention",
  "installation",
] as const;
export type AreaName = (typeof areas)[number];

export const areaPath = (name: AreaName) => `/administration/${name}`;

/** One area: where else an administrator can go, what this is, and what stands in it. */
export function Area({ name, aside, children }: { name: AreaName; aside?: ReactNode; children: ReactNode }) {
  const { t } = useText();
  return (
    <Stack gap="lg">
      <Areas />
      <PageTitle title={t(`area.${name}.title`)} aside={aside}>
        {t(`area.${name}.lead`)}
      </PageTitle>
      {children}
    </Stack>
  );
}

function Areas() {
  const { t } = useText();
  const path = usePath();
  return (
    <nav className={css.areas} aria-label={t("place.administration")}>
      {areas.map((name) => (
        <Link key={name} href={areaPath(name)} aria-current={path.startsWith(areaPath(name)) ? "page" : undefined}>
          {t(`area.${name}.title`)}
        </Link>
      ))}
    </nav>
  );
}
