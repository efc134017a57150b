import { Stack } from "@mantine/core";
import { useText } from "./language.ts";
import { PageTitle } from "./page-title.tsx";
import { Link } from "./router.tsx";

export function Nowhere() {
  const { t } = useText();
  return (
    <Stack>
      <PageTitle title={t("shell.nowhere")}>{t("shell.nowhereHelp")}</PageTitle>
      <Link href="/">{t("place.home")}</Link>
    </Stack>
  );
}
