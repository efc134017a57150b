import type { Me } from "../../protocol/api/me.ts";
import { holdsOneOf } from "../../protocol/membership.ts";
import { AccountPage } from "../app/account/account.tsx";
import { DeviceCodePage } from "../app/device-code.tsx";
import { Enrol } from "../app/enrol.tsx";
import { Gate } from "../app/gate.tsx";
import { icons } from "../app/icons.tsx";
import { useText } from "../app/language.ts";
import { Nowhere } from "../app/nowhere.tsx";
import { Pages, type Route } from "../app/router.tsx";
import { SessionPage } from "../app/session-page.tsx";
import { Shell } from "../app/shell.tsx";
import { SignIn } from "../app/sign-in.tsx";
import { Ask } from "./ask.tsx";
import { CommandLine } from "./command-line.tsx";
import { Home } from "./home.tsx";
import { OwnWorkstation } from "./own-workstation.tsx";
import { PeoplePage } from "./people.tsx";
import { RequestPage } from "./request-page.tsx";
import { WindowWarnings } from "./window-warnings.tsx";
import { proveTerminal } from "./workstation-key.ts";

/** The technician's face. */
export function PortalFace() {
  return <Gate signIn={<SignIn password />} enrol={<Enrol />} inside={(me) => <Inside me={me} />} />;
}

function Inside({ me }: { me: Me }) {
  const { t } = useText();
  const leads = holdsOneOf(me.memberships, ["vendor-administrator"]);
  const asks = holdsOneOf(me.memberships, ["technician"]);
  const places = [
    { path: "/", label: t("place.home"), icon: icons.home },
    ...(asks ? [{ path: "/requests/new", label: t("place.ask"), icon: icons.ask }] : []),
    ...(leads ? [{ path: "/people", label: t("ourPeople.title"), icon: icons.people }] : []),
    { path: "/device", label: t("place.terminal"), icon: icons.terminal },
    { path: "/command-line", label: t("place.commandLine"), icon: icons.download },
  ];
  const routes: Route[] = [
    { path: "/", page: () => <Home me={me} /> },
    { path: "/requests/new", page: () => <Ask me={me} /> },
    { path: "/requests/:id", page: ({ id = "" }) => <RequestPage id={id} /> },
    { path: "/sessions/:id", page: ({ id = "" }) => <SessionPage id={id} me={me} endingOf={() => "end"} /> },
    { path: "/command-line", page: () => <CommandLine /> },
    ...(leads ? [{ path: "/people", page: () => <PeoplePage me={me} /> }] : []),
    { path: "/account", page: () => <AccountPage me={me} /> },
    { path: "/device", page: () => <DeviceCodePage prove={(code) => proveTerminal(me.person.id, code)} /> },
  ];
  return (
    <Shell me={me} places={places}>
      {asks && <OwnWorkstation me={me} />}
      <WindowWarnings />
      <Pages routes={routes} otherwise={<Nowhere home={t("place.home")} />} />
    </Shell>
  );
}
