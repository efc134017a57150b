import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ApprovalGround } from "../../protocol/api/approval-ground.ts";
import type { Me } from "../../protocol/api/me.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import type { Window } from "../../protocol/window.ts";
import { spanOf } from "../../protocol/window-at.ts";
import { useAction } from "../app/action.ts";
import { announce } from "../app/announce.tsx";
import { needsSeveral } from "../app/approval-progress.tsx";
import { Card, Facts, Section } from "../app/card.tsx";
import { now } from "../app/clock.ts";
import { send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { Name } from "../app/name.tsx";
import { Note } from "../app/note.tsx";
import { signWithPasskey } from "../app/passkey.ts";
import { useGround, useTrust } from "../app/queries.ts";
import { ReasonDialog } from "../app/reason-dialog.tsx";
import { Link } from "../app/router.tsx";
import { ServiceList } from "../app/service-list.tsx";
import { Asked, Failure } from "../app/states.tsx";
import { windowText } from "../app/time.ts";
import type { ApprovalBegun, ApprovalDone } from "../app/views.ts";
import { type ApprovalFault, checkApproval } from "./approval-check.ts";
import { GroundFacts, NewWorkstation, newKeys } from "./approval-ground.tsx";
import css from "./decision.module.css";
import { EndChoice } from "./end-choice.tsx";
import { hasApproved, isTrusted } from "./may.ts";

/** The server wanted something else signed than what the page shows; nothing was signed. */
class NotWhatIsShown extends Error {
  readonly faults: ApprovalFault[];

  constructor(faults: ApprovalFault[]) {
    super("What was to be signed is not what is shown.");
    this.faults = faults;
  }
}

/** Whether the grant is in force now; else it waits for others. */
async function approve(
  request: RequestView,
  ground: ApprovalGround,
  windows: readonly Window[],
  me: Me,
): Promise<boolean> {
  const begun = await send<ApprovalBegun>(`/api/requests/${request.id}/approval/begin`, { windows });
  const faults = await checkApproval(begun, {
    request,
    ground,
    windows,
    approver: me.person.id,
    host: location.hostname,
  });
  if (faults.length > 0) {
    // Whoever looks into it finds it in the log; that nothing is signed does not wait for that.
    await send(`/api/requests/${request.id}/mismatch`, { faults }).catch(() => {});
    throw new NotWhatIsShown(faults);
  }
  const response = await signWithPasskey(begun.options);
  const path = `/api/requests/${request.id}/approval`;
  const { grant } = await send<ApprovalDone>(path, { ceremony: begun.ceremony, response });
  return grant !== null;
}

/** The decision, once what it stands on is there. */
export function Decision({ request, me }: { request: RequestView; me: Me }) {
  return (
    <Asked query={useGround(request.id)}>{(ground) => <Decide request={request} ground={ground} me={me} />}</Asked>
  );
}

/** Yes by passkey, also for a shorter time; no with a reason. What a press does stands above the buttons. */
function Decide({ request, ground, me }: { request: RequestView; ground: ApprovalGround; me: Me }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const settled = request.approval?.proposed?.windows;
  // What is over already can't be approved any more; of one window the end may be earlier.
  const asked = request.windows.filter((window) => now() < Date.parse(window.end));
  const [only, another] = asked;
  const [end, setEnd] = useState(spanOf(request.windows).end);
  const [seen, see] = useState(false);
  const unseen = newKeys(ground).length > 0 && !seen;
  const [denying, setDenying] = useState(false);
  const trust = useTrust().data?.sites.find(({ site }) => site.id === request.site.id);
  const signed = hasApproved(me, request);
  const waits = Boolean(trust?.current) && trust !== undefined && !isTrusted(trust, me);
  const windows = settled ?? (only && !another ? [{ start: only.start, end }] : asked);
  const again = () => Promise.all(["requests", "grants"].map((key) => client.invalidateQueries({ queryKey: [key] })));
  const approval = useAction({
    mutationFn: () => approve(request, ground, windows, me),
    onSuccess: async (inForce) => {
      announce(t(inForce ? "approval.approved" : "approval.approvedOne"));
      await again();
    },
  });
  const deny = async (reason: string | null) => {
    await send(`/api/requests/${request.id}/denial`, { reason });
    await again();
  };
  const possible =
    windows.some(({ start }) => Date.parse(start) < Date.parse(end)) && end <= spanOf(request.windows).end;
  return (
    <Section title={t("approval.decision")}>
      <Card edge="ai">
        <div className={css.decision}>
          {settled ? (
            <p>{t("approval.settled")}</p>
          ) : (
            only && !another && <EndChoice asked={only} siteZone={request.siteZone} end={end} choose={setEnd} />
          )}
          <div className={css.what} aria-live="polite">
            <h3>{t("approval.whatHappens")}</h3>
            <p>{t("approval.effect")}</p>
            <Facts
              rows={[
                [t("request.who"), <Name key="who">{request.person.name}</Name>],
                [t("ground.vendor"), <Name key="vendor">{request.vendor.name}</Name>],
                [t("request.workstation"), <Name key="workstation">{request.workstation.label}</Name>],
                [t("request.device"), <Name key="device">{request.device.name}</Name>],
                [t("request.services"), <ServiceList key="services" services={request.services} />],
                [
                  t("request.window"),
                  <span key="window">
                    {windows.map((window) => (
                      <span key={window.start} className={css.window}>
                        {windowText(window, request.siteZone, locale)}
                      </span>
                    ))}
                  </span>,
                ],
              ]}
            />
            <GroundFacts ground={ground} zone={request.siteZone} />
            <p>{t("approval.after")}</p>
            {needsSeveral(request.approval) && <p>{t("approval.several", { places: request.approval.places })}</p>}
          </div>
          <NewWorkstation ground={ground} seen={seen} see={see} />
          {waits && (
            <Note title={t("approval.waits")}>
              {t("approval.waitsHelp")} <Link href="/agents">{t("agent.pageTitle")}</Link>
            </Note>
          )}
          {approval.error instanceof NotWhatIsShown ? (
            <Refused faults={approval.error.faults} />
          ) : (
            approval.isError && <Failure error={approval.error} />
          )}
          <div className={css.buttons}>
            {signed ? (
              <p>{t("approval.signed")}</p>
            ) : (
              <Button
                size="xl"
                loading={approval.isPending}
                disabled={!possible || waits || unseen}
                onClick={() => approval.mutate()}
              >
                {t("approval.approve")}
              </Button>
            )}
            <Button
              size="xl"
              variant="outline"
              color="shu"
              disabled={approval.isPending}
              onClick={() => setDenying(true)}
            >
              {t("approval.deny")}
            </Button>
          </div>
        </div>
      </Card>
      <ReasonDialog
        opened={denying}
        close={() => setDenying(false)}
        title={t("approval.denyTitle")}
        about={request.id}
        confirm={t("approval.denyNow")}
        done={t("approval.denied")}
        danger
        reason="required"
        act={deny}
      >
        {t("approval.denyAsk")}
      </ReasonDialog>
    </Section>
  );
}

function Refused({ faults }: { faults: ApprovalFault[] }) {
  const { t } = useText();
  return (
    <div role="alert" className={css.refused}>
      <h3>{t("approval.mismatch")}</h3>
      <p>{t("approval.mismatchHelp")}</p>
      <ul>
        {faults.map((fault) => (
          <li key={fault}>{t(`approval.fault.${fault}`)}</li>
        ))}
      </ul>
    </div>
  );
}
