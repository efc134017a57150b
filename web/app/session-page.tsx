import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import type { Me } from "../../protocol/api/me.ts";
import type { SessionView } from "../../protocol/api/session.ts";
import type { RecordEntry } from "../../protocol/recording.ts";
import { bytesText } from "./bytes.ts";
import { Section } from "./card.tsx";
import { useText } from "./language.ts";
import { PageTitle } from "./page-title.tsx";
import { useEntries, useSession } from "./queries.ts";
import { type Ending, SessionCard } from "./session-card.tsx";
import css from "./session-page.module.css";
import { Asked, Empty } from "./states.tsx";
import { durationText } from "./time.ts";
import { Instant } from "./when.tsx";
import { whyText } from "./why.ts";

/** One session with what was recorded of it. */
export function SessionPage({ id, me, endingOf }: { id: string; me: Me; endingOf: (session: SessionView) => Ending }) {
  const { t } = useText();
  const session = useSession(id);
  return (
    <Stack gap="xl">
      <PageTitle title={t("session.title")} />
      <Asked query={session}>
        {(value) => <SessionCard session={value} ending={endingOf(value)} who={me.face === "staff"} here />}
      </Asked>
      {/* Made anew for another session: rows are kept while more are on their way. Of none there is nothing to ask for. */}
      {session.data && <Recording key={id} session={id} />}
    </Stack>
  );
}

function Recording({ session }: { session: string }) {
  const { t } = useText();
  const [pages, setPages] = useState(1);
  const recording = useEntries(session, pages);
  return (
    <Section title={t("session.entries")}>
      <Asked query={recording}>{(value) => <Entries entries={value.entries} />}</Asked>
      {typeof recording.data?.next === "number" && (
        <Button variant="default" loading={recording.isPlaceholderData} onClick={() => setPages(pages + 1)}>
          {t("session.moreEntries")}
        </Button>
      )}
    </Section>
  );
}

function Entries({ entries }: { entries: RecordEntry[] }) {
  const { t } = useText();
  if (entries.length === 0) return <Empty title={t("session.noEntries")}>{t("session.noEntriesHelp")}</Empty>;
  return (
    <section className={css.scroll} tabIndex={0} aria-label={t("session.table")}>
      <table className={css.table}>
        <thead>
          <tr>
            <th>{t("session.entryAt")}</th>
            <th>{t("session.entryWhat")}</th>
            <th>{t("session.up")}</th>
            <th>{t("session.down")}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, index) => (
            <tr key={index}>
              <td>
                <Instant at={entry.at} detail="exact" />
              </td>
              <td>
                <EntryText entry={entry} />
              </td>
              <td>{"up" in entry ? bytesText(entry.up) : ""}</td>
              <td>{"down" in entry ? bytesText(entry.down) : ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function EntryText({ entry }: { entry: RecordEntry }) {
  const { t, locale } = useText();
  if (entry.kind === "refusal") return <b>{t("session.entryRefused", { why: whyText(entry.code, locale) })}</b>;
  if (entry.kind === "tcp") return t("session.entryConnection", { time: durationText(entry.ms, locale) });
  if (entry.kind === "certificate")
    return (
      <>
        {entry.seen === "changed" ? <b>{t("session.certificate.changed")}</b> : t(`session.certificate.${entry.seen}`)}{" "}
        <code>SHA256:{entry.certificate}</code>
      </>
    );
  return (
    <>
      <code>
        {entry.method} {entry.path} → {entry.status} {entry.upgrade ?? ""}
      </code>
      {entry.odd.map((one) => (
        <div key={one} className={css.odd}>
          {t(`oddities.${one}`)}
        </div>
      ))}
    </>
  );
}
