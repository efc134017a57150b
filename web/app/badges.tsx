import type { GrantView } from "../../protocol/api/grant.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import type { SessionView } from "../../protocol/api/session.ts";
import { useText } from "./language.ts";
import { StateBadge, type Tone } from "./state-badge.tsx";

const requestTones: Record<RequestView["state"], Tone> = {
  pending: "wait",
  approved: "open",
  denied: "stop",
  withdrawn: "calm",
  expired: "calm",
};
const grantTones: Record<GrantView["state"], Tone> = {
  scheduled: "note",
  open: "open",
  closed: "calm",
  revoked: "stop",
};
const sessionTones: Record<SessionView["state"], Tone> = { admitted: "wait", live: "open", ended: "calm" };

export function RequestBadge({ state }: { state: RequestView["state"] }) {
  const { t } = useText();
  return <StateBadge tone={requestTones[state]}>{t(`state.request.${state}`)}</StateBadge>;
}

export function GrantBadge({ state }: { state: GrantView["state"] }) {
  const { t } = useText();
  return <StateBadge tone={grantTones[state]}>{t(`state.grant.${state}`)}</StateBadge>;
}

export function SessionBadge({ session }: { session: SessionView }) {
  const { t } = useText();
  if (session.frozen && session.state === "live")
    return <StateBadge tone="note">{t("state.session.frozen")}</StateBadge>;
  return <StateBadge tone={sessionTones[session.state]}>{t(`state.session.${session.state}`)}</StateBadge>;
}
