import { Stack, Table } from "@mantine/core";
import type { RecordEntry } from "../../protocol/agent-control.ts";
import type { Me } from "../../protocol/api/sign-in.ts";
import { bytesText } from "./bytes.ts";
import { Section } from "./card.tsx";
import { useText } from "./language.ts";
import { PageTitle } from "./page-title.tsx";
import { useEntries, useSession } from "./queries.ts";
import { type Ending, SessionCard } from "./session-card.tsx";
import { Asked, Empty } from "./states.tsx";
import { Instant } from "./when.tsx";

/** One session with what was recorded of it. */
export function SessionPage({ id, me, ending }: { id: string; me: Me; ending: Ending }) {
  const { t } = useText();
  const session = useSession(id);
  const entries = useEntries(id);
  return (
    <Stack gap="xl">
      <PageTitle title={t("session.title")} />
      <Asked query={session}>
        {(value) => <SessionCard session={value} ending={ending} who={me.face === "staff"} />}
      </Asked>
      <Section title={t("session.entries")}>
        <Asked query={entries}>{(value) => <Entries entries={value.entries} />}</Asked>
      </Section>
    </Stack>
  );
}

function Entries({ entries }: { entries: RecordEntry[] }) {
  const { t } = useText();
  if (entries.length === 0) return <Empty title={t("session.noEntries")}>{t("session.noEntriesHelp")}</Empty>;
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table striped>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("session.entryAt")}</Table.Th>
            <Table.Th>{t("session.entryWhat")}</Table.Th>
            <Table.Th>{t("session.up")}</Table.Th>
            <Table.Th>{t("session.down")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry, index) => (
            <Table.Tr key={index}>
              <Table.Td>
                <Instant at={entry.at} />
              </Table.Td>
              <Table.Td>
                <EntryText entry={entry} />
              </Table.Td>
              <Table.Td>{entry.kind === "refusal" ? "" : bytesText(entry.up)}</Table.Td>
              <Table.Td>{entry.kind === "refusal" ? "" : bytesText(entry.down)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function EntryText({ entry }: { entry: RecordEntry }) {
  const { t } = useText();
  if (entry.kind === "refusal") return <b>{t("session.entryRefused", { code: entry.code })}</b>;
  if (entry.kind === "tcp") return t("session.entryConnection", { ms: entry.ms });
  return (
    <code>
      {entry.method} {entry.path} → {entry.status} {entry.upgrade ?? ""}
    </code>
  );
}
