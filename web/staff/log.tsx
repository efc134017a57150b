import { Button, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import type { AuditRecordView } from "../../protocol/api/audit.ts";
import { Card, Facts, Section } from "../app/card.tsx";
import { CopyLine } from "../app/copy-line.tsx";
import { useText } from "../app/language.ts";
import { PageTitle } from "../app/page-title.tsx";
import { useAudit } from "../app/queries.ts";
import { Empty, Failure, Loading } from "../app/states.tsx";
import css from "./log.module.css";
import { asked, type LogFilter, matches } from "./log-filter.ts";
import { LogRecord } from "./log-record.tsx";

/** The log as people read it, and as a stranger proves it. */
export function LogPage() {
  const { t } = useText();
  const [filter, setFilter] = useState<LogFilter>({ outcome: "any", text: "" });
  const audit = useAudit(asked(filter));
  const pages = audit.data?.pages ?? [];
  const first = pages[0];
  const records = pages.flatMap((page) => page.records);
  return (
    <Stack gap="xl">
      <PageTitle title={t("log.pageTitle")}>{t("log.pageLead")}</PageTitle>
      {audit.isError && <Failure error={audit.error} again={() => void audit.refetch()} />}
      {!first && !audit.isError && <Loading />}
      {first && (
        <>
          <Section title={t("log.records", { count: first.size })}>
            <Filter filter={filter} change={setFilter} />
            <Records records={records.filter((record) => matches(record, filter))} />
            {audit.hasNextPage && (
              <Button variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
                {t("log.more")}
              </Button>
            )}
          </Section>
          <Proof verifierKey={first.key} checkpoint={first.checkpoint} />
        </>
      )}
    </Stack>
  );
}

function Filter({ filter, change }: { filter: LogFilter; change: (filter: LogFilter) => void }) {
  const { t } = useText();
  return (
    <div className={css.filter}>
      <NativeSelect
        label={t("log.outcome")}
        value={filter.outcome}
        onChange={(event) => change({ ...filter, outcome: event.currentTarget.value as LogFilter["outcome"] })}
        data={(["any", "allowed", "refused", "done"] as const).map((value) => ({
          value,
          label: t(`log.outcomes.${value}`),
        }))}
      />
      <TextInput
        label={t("log.search")}
        placeholder={t("log.searchHint")}
        type="search"
        value={filter.text}
        onChange={(event) => change({ ...filter, text: event.currentTarget.value })}
      />
    </div>
  );
}

function Records({ records }: { records: AuditRecordView[] }) {
  const { t } = useText();
  if (records.length === 0) return <Empty title={t("log.none")}>{t("log.noneHelp")}</Empty>;
  return (
    <ol className={css.records}>
      {records.map((record) => (
        <LogRecord key={record.id} record={record} />
      ))}
    </ol>
  );
}

function Proof({ verifierKey, checkpoint }: { verifierKey: string; checkpoint: string | null }) {
  const { t } = useText();
  return (
    <Section title={t("log.proof")}>
      <Card>
        <Stack>
          <p className={css.text}>{t("log.proofHelp")}</p>
          <a href="/api/audit/export" download="genkan-audit.jsonl">
            {t("log.export")}
          </a>
          <CopyLine text={`genkan audit verify genkan-audit.jsonl --key "${verifierKey}"`} of={t("log.verifyLine")} />
          <Facts
            rows={[
              [t("log.key"), <code key="key">{verifierKey}</code>],
              [
                t("log.checkpoint"),
                checkpoint === null ? t("log.noCheckpoint") : <code key="point">{checkpoint}</code>,
              ],
            ]}
          />
        </Stack>
      </Card>
    </Section>
  );
}
