import { Stack } from "@mantine/core";
import { useText } from "./language.ts";
import { PageTitle } from "./page-title.tsx";
import { Link } from "./router.tsx";

/** No such page; `home` names the first page of this face, to which the link leads. */
export function Nowhere({ home }: { home: string }) {
  const { t } = useText();
  return (
    <Stack>
      <PageTitle title={t("shell.nowhere")}>{t("shell.nowhereHelp")}</PageTitle>
      <Link href="/">{home}</Link>
    </Stack>
  );
}
