import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Me } from "../../protocol/api/me.ts";
import { useAction } from "./action.ts";
import { setAuthorityNow } from "./clock.ts";
import { computerLabel } from "./computer.ts";
import { EnrolPassword } from "./enrol-password.tsx";
import { beginEnrolment, beginsOnce } from "./enrolment.ts";
import { ApiError, send } from "./http.ts";
import { useText } from "./language.ts";
import { Note } from "./note.tsx";
import { PageTitle } from "./page-title.tsx";
import { createPasskey } from "./passkey.ts";
import { navigate } from "./router.tsx";
import { Empty, Failure, Loading } from "./states.tsx";
import type { EnrolmentBegun } from "./views.ts";

/**
 * Takes the one-time code out of the address at once, so that it stays in no history, bookmark or referrer. A fragment
 * never reaches a server by itself.
 */
function takeCode(): string {
  const code = location.hash.slice(1);
  if (code !== "") history.replaceState(history.state, "", location.pathname);
  return code;
}

/** Enrolment by a one-time link, whose code stands in the fragment. */
export function Enrol() {
  const { t } = useText();
  const [code] = useState(takeCode);
  if (code !== "") return <EnrolBy code={code} onward="/" />;
  return (
    <>
      <PageTitle title={t("enrol.title")} />
      <Empty title={t("enrol.noCode")}>{t("enrol.noCodeHelp")}</Empty>
    </>
  );
}

/** Enrolment by this code; afterwards the person is signed in, and goes `onward`. */
export function EnrolBy({ code, onward }: { code: string; onward: string }) {
  const { t } = useText();
  const begun = useQuery({
    ...beginsOnce,
    queryKey: ["enrolment", code],
    queryFn: () => beginEnrolment(code),
  });
  if (begun.data) return <Choices code={code} begun={begun.data} onward={onward} />;
  return (
    <>
      <PageTitle title={t("enrol.title")} />
      {begun.isError ? <Failure error={begun.error} /> : <Loading />}
    </>
  );
}

function Choices({ code, begun, onward }: { code: string; begun: EnrolmentBegun; onward: string }) {
  const { t } = useText();
  const [byPassword, setByPassword] = useState(false);
  const client = useQueryClient();
  const inside = async (me: Me) => {
    setAuthorityNow(me.now);
    client.clear();
    client.setQueryData(["me"], me);
    navigate(onward, { replace: true });
  };
  const passkey = useAction({
    mutationFn: async () => {
      // Begun at the press: a passkey that comes after its ceremony is over stays in the authenticator for nothing.
      const { ceremony, options } = await beginEnrolment(code);
      const response = await createPasskey(options);
      const body = { code, ceremony, response, label: computerLabel(navigator.userAgent) };
      return send<Me>("/api/enrolment/passkey", body);
    },
    onSuccess: inside,
  });
  const roles = begun.roles.map((role) => t(`role.${role}`)).join(t("shell.comma"));
  return (
    <>
      <PageTitle title={t("enrol.welcome", { name: begun.person.name })}>{t("enrol.lead", { roles })}</PageTitle>
      {begun.recovery && (
        <Note title={t("account.recovered")}>
          {t("account.recoveredBy", { name: begun.recovery.by ?? t("person.byHost"), reason: begun.recovery.reason })}
        </Note>
      )}
      {passkey.isError && <EnrolFailure error={passkey.error} />}
      {byPassword && begun.totp ? (
        <EnrolPassword code={code} done={(me) => void inside(me)} />
      ) : (
        <>
          <Button size="lg" fullWidth loading={passkey.isPending} onClick={() => passkey.mutate()}>
            {t("enrol.withPasskey")}
          </Button>
          <p>{t("enrol.passkeyHelp")}</p>
          {begun.totp && (
            <Button variant="subtle" onClick={() => setByPassword(true)}>
              {t("enrol.usePassword")}
            </Button>
          )}
        </>
      )}
    </>
  );
}

/** An enrolment is refused with `trust-refused` for what the list of approvers would become, not for what it lacks. */
function EnrolFailure({ error }: { error: unknown }) {
  const { t } = useText();
  if (!(error instanceof ApiError) || error.code !== "trust-refused") return <Failure error={error} />;
  return <Failure error={error} title={t("enrol.notTakable")} />;
}
