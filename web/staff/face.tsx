import type { Me } from "../../protocol/api/me.ts";
import { AccountPage } from "../app/account/account.tsx";
import { DeviceCodePage } from "../app/device-code.tsx";
import { Enrol } from "../app/enrol.tsx";
import { Gate } from "../app/gate.tsx";
import { icons } from "../app/icons.tsx";
import { useText } from "../app/language.ts";
import { Nowhere } from "../app/nowhere.tsx";
import { Waiting } from "../app/page-title.tsx";
import { useChecklist, useRequests, useTrust } from "../app/queries.ts";
import { Pages, type Route } from "../app/router.tsx";
import { SessionPage } from "../app/session-page.tsx";
import { Shell } from "../app/shell.tsx";
import { SignIn } from "../app/sign-in.tsx";
import { ApproversPage } from "./administration/approvers.tsx";
import { areaPath } from "./administration/area.tsx";
import { ChecklistPage } from "./administration/checklist.tsx";
import { DevicesPage } from "./administration/devices.tsx";
import { GatewaysPage } from "./administration/gateways.tsx";
import { HostsPage } from "./administration/hosts.tsx";
import { InstallationPage } from "./administration/installation.tsx";
import { PeoplePage } from "./administration/people.tsx";
import { RetentionPage } from "./administration/retention.tsx";
import { SitesPage } from "./administration/sites.tsx";
import { VendorsPage } from "./administration/vendors.tsx";
import { AgentsPage } from "./agents.tsx";
import { FirstRunOr } from "./first-run.tsx";
import { GrantsPage } from "./grants.tsx";
import { Inbox } from "./inbox.tsx";
import { LocksPage } from "./locks.tsx";
import { LogPage } from "./log.tsx";
import { awaitsSignature, mayAdminister, mayApprove, mayCut, mayReadLog } from "./may.ts";
import { RequestPage } from "./request-page.tsx";
import { SessionsPage } from "./sessions.tsx";

/** The hospital's own face: approver, security officer, administrator, auditor. */
export function StaffFace() {
  return (
    <Gate
      signIn={<FirstRunOr signIn={<SignIn password={false} />} />}
      enrol={<Enrol />}
      inside={(me) => <Inside me={me} />}
    />
  );
}

/** Staff have no workstation that a terminal could join. */
const noProof = async () => null;

function Inside({ me }: { me: Me }) {
  const { t } = useText();
  const requests = useRequests();
  const pending = (requests.data?.requests ?? []).filter((request) => request.state === "pending");
  const trust = useTrust().data;
  const toSign = (trust?.sites ?? []).filter((site) => awaitsSignature(site, me)).length;
  const checklist = useChecklist(mayAdminister(me)).data;
  const places = [
    { path: "/", label: t("place.inbox"), icon: icons.inbox, count: pending.length },
    { path: "/sessions", label: t("place.sessions"), icon: icons.pulse },
    { path: "/grants", label: t("place.grants"), icon: icons.grant },
    { path: "/locks", label: t("place.locks"), icon: icons.lock },
    ...(mayReadLog(me) ? [{ path: "/log", label: t("place.log"), icon: icons.log }] : []),
    { path: "/agents", label: t("place.agents"), icon: icons.agent, count: toSign },
    ...(mayAdminister(me)
      ? [
          {
            path: "/administration",
            label: t("place.administration"),
            icon: icons.administration,
          },
        ]
      : []),
  ];
  const routes: Route[] = [
    { path: "/", page: () => <Inbox me={me} /> },
    { path: "/requests/:id", page: ({ id = "" }) => <RequestPage id={id} me={me} /> },
    { path: "/sessions", page: () => <SessionsPage me={me} /> },
    {
      path: "/sessions/:id",
      page: ({ id = "" }) => (
        <SessionPage id={id} me={me} endingOf={(session) => (mayCut(me, session) ? "cut" : "none")} />
      ),
    },
    { path: "/grants", page: () => <GrantsPage me={me} /> },
    { path: "/locks", page: () => <LocksPage me={me} /> },
    { path: "/log", page: () => <LogPage /> },
    { path: "/agents", page: () => <AgentsPage me={me} /> },
    { path: "/administration", page: () => (checklist?.done === false ? <ChecklistPage /> : <SitesPage me={me} />) },
    { path: areaPath("checklist"), page: () => <ChecklistPage /> },
    { path: areaPath("sites"), page: () => <SitesPage me={me} /> },
    { path: areaPath("vendors"), page: () => <VendorsPage me={me} /> },
    { path: areaPath("devices"), page: () => <DevicesPage /> },
    { path: areaPath("agents"), page: () => <HostsPage /> },
    { path: areaPath("gateways"), page: () => <GatewaysPage me={me} /> },
    { path: areaPath("approvers"), page: () => <ApproversPage me={me} /> },
    { path: areaPath("retention"), page: () => <RetentionPage me={me} /> },
    { path: areaPath("installation"), page: () => <InstallationPage /> },
    { path: areaPath("people"), page: () => <PeoplePage me={me} /> },
    { path: "/account", page: () => <AccountPage me={me} /> },
    { path: "/device", page: () => <DeviceCodePage prove={noProof} /> },
  ];
  return (
    <Waiting value={pending.filter((request) => mayApprove(me, request)).length}>
      <Shell me={me} places={places}>
        <Pages routes={routes} otherwise={<Nowhere home={t("place.inbox")} />} />
      </Shell>
    </Waiting>
  );
}
