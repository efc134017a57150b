import { Button, Popover, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Me } from "../../protocol/api/me.ts";
import { useAction } from "./action.ts";
import { dropDrafts } from "./draft.ts";
import { ApiError, send } from "./http.ts";
import { useText } from "./language.ts";
import { Name } from "./name.tsx";
import css from "./person-menu.module.css";
import { navigate } from "./router.tsx";
import { Failure } from "./states.tsx";

/** Who is signed in, as what, for whom; and the way out. */
export function PersonMenu({ me }: { me: Me }) {
  const { t } = useText();
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  // A person who was signed out already is out; after any other failure they are still signed in, and the page says so.
  const leave = useAction({
    mutationFn: () =>
      send("/api/sign-out").catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
      }),
    onSuccess: () => {
      dropDrafts();
      client.clear();
      client.setQueryData(["me"], null);
      navigate("/sign-in", { replace: true });
    },
  });
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={260} withinPortal={false} trapFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          size="compact-md"
          className={css.person ?? ""}
          aria-label={me.person.name}
          onClick={() => setOpened(!opened)}
        >
          <span className={css.initial} aria-hidden="true">
            {String.fromCodePoint(me.person.name.codePointAt(0) ?? 32)}
          </span>
          <span className={css.name}>
            <Name long>{me.person.name}</Name>
          </span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={me.person.name}>
        <Stack gap="xs">
          <p className={css.whole}>
            <Name long>{me.person.name}</Name>
          </p>
          {me.memberships.map(({ site, vendor, roles }) => (
            <div key={site?.id ?? vendor?.id ?? ""}>
              <p className={css.of}>
                <Name long>{site?.name ?? vendor?.name ?? t("shell.installation")}</Name>
              </p>
              <p className={css.of}>{roles.map((role) => t(`role.${role}`)).join(t("shell.comma"))}</p>
            </div>
          ))}
          <Button
            variant="default"
            size="sm"
            onClick={() => {
              setOpened(false);
              navigate("/account");
            }}
          >
            {t("account.title")}
          </Button>
          <Button
            variant="default"
            size="sm"
            onClick={() => {
              setOpened(false);
              navigate("/device");
            }}
          >
            {t("device.title")}
          </Button>
          <Button variant="default" size="sm" loading={leave.isPending} onClick={() => leave.mutate()}>
            {t("shell.signOut")}
          </Button>
          {leave.isError && (
            <Failure error={leave.error} title={t("shell.signOutFailed")} next={t("shell.signOutNext")} />
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
