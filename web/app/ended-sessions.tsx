import type { SessionView } from "../../protocol/api/session.ts";
import { SessionBadge } from "./badges.tsx";
import { bytesText } from "./bytes.ts";
import { ownZone } from "./clock.ts";
import { useText } from "./language.ts";
import { Names } from "./name.tsx";
import { useDevices } from "./queries.ts";
import { Link } from "./router.tsx";
import { Row, Rows, Small } from "./rows.tsx";
import { durationText } from "./time.ts";
import { When } from "./when.tsx";

/** Sessions that are over, newest first, each with the reason of its end. */
export function EndedSessions({ sessions, who }: { sessions: SessionView[]; who: boolean }) {
  const { t, locale } = useText();
  const devices = useDevices().data?.devices ?? [];
  return (
    <Rows>
      {sessions.map((session) => {
        const { id, device, service, startedAt, endedBy, reason, counts } = session;
        const endedAt = session.endedAt ?? session.windowEnd;
        const zone = devices.find((one) => one.id === device.id)?.zone ?? ownZone;
        return (
          <Row key={id} aside={<SessionBadge session={session} />}>
            <Link href={`/sessions/${id}`}>
              <Names of={[...(who ? [session.person.name] : []), device.name, service.name]} />
            </Link>
            <div>
              {reason ? t(`codes.end.${reason}`) : t("shell.unknown")}
              {endedBy && reason !== "ended-by-technician" ? ` ${t("session.by", { name: endedBy.name })}` : ""}
            </div>
            <Small>
              <When window={{ start: startedAt, end: endedAt }} siteZone={zone} />
            </Small>
            <Small>
              {t("session.lasted", { time: durationText(Date.parse(endedAt) - Date.parse(startedAt), locale) })} · ↑{" "}
              {bytesText(counts.up)} ↓ {bytesText(counts.down)}
            </Small>
          </Row>
        );
      })}
    </Rows>
  );
}
