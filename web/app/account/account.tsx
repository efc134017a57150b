import { Stack } from "@mantine/core";
import type { Me } from "../../../protocol/api/me.ts";
import { Facts } from "../card.tsx";
import { useText } from "../language.ts";
import { Name } from "../name.tsx";
import { Note } from "../note.tsx";
import { PageTitle } from "../page-title.tsx";
import { useOwnAccount } from "../queries.ts";
import { Asked } from "../states.tsx";
import { Passkeys } from "./passkeys.tsx";
import { Password } from "./password.tsx";
import { SignIns } from "./sign-ins.tsx";
import { Workstations } from "./workstations.tsx";

/** What is somebody's own: how they sign in, on which computers, and where they are signed in now. */
export function AccountPage({ me }: { me: Me }) {
  const { t } = useText();
  return (
    <Stack gap="lg">
      <PageTitle title={t("account.title")}>{t("account.lead")}</PageTitle>
      <Asked query={useOwnAccount()}>
        {(account) => (
          <>
            {account.recovered && (
              <Note title={t("account.recovered")}>
                {t("account.recoveredBy", {
                  name: account.recovered.by?.name ?? t("person.byHost"),
                  reason: account.recovered.reason,
                })}
              </Note>
            )}
            <Facts
              rows={[
                [t("signIn.login"), <Name key="login">{account.login}</Name>],
                ...me.memberships.map((one): [string, string] => [
                  one.site?.name ?? one.vendor?.name ?? t("shell.installation"),
                  one.roles.map((role) => t(`role.${role}`)).join(t("shell.comma")),
                ]),
              ]}
            />
            <Passkeys account={account} />
            {account.password && <Password />}
            {me.face === "portal" && <Workstations account={account} />}
            <SignIns account={account} />
          </>
        )}
      </Asked>
    </Stack>
  );
}
