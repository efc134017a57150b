import { Stack } from "@mantine/core";
import { Card, Facts } from "../../app/card.tsx";
import { CopyLine } from "../../app/copy-line.tsx";
import { useText } from "../../app/language.ts";
import { Note } from "../../app/note.tsx";
import { useInstallation } from "../../app/queries.ts";
import { Asked } from "../../app/states.tsx";
import { Area } from "./area.tsx";

/** Under which names this Genkan lives, and how they are changed: on the authority's host alone. */
export function InstallationPage() {
  const { t } = useText();
  return (
    <Area name="installation">
      <Asked query={useInstallation()}>
        {({ portal, staff, accessDomain, accessPort }) => (
          <Card label={t("origins.title")}>
            <Stack>
              <Facts
                rows={[
                  [t("origins.portal"), <code key="portal">{portal}</code>],
                  [t("origins.staff"), <code key="staff">{staff}</code>],
                  [
                    t("origins.access"),
                    <code key="access">{`*.${accessDomain}${accessPort === null ? "" : `:${accessPort}`}`}</code>,
                  ],
                ]}
              />
              <Note title={t("origins.change")}>{t("origins.changeHelp")}</Note>
              <CopyLine
                text={`genkan-authority origins set --portal-origin ${portal} --staff-origin ${staff} --access-domain ${accessDomain} --access-port ${accessPort ?? 443}`}
                of={t("origins.command")}
              />
            </Stack>
          </Card>
        )}
      </Asked>
    </Area>
  );
}
