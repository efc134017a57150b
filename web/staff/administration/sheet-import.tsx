import { Button, Group, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { SheetFates, SheetLine } from "../../../protocol/api/sheet.ts";
import { limits } from "../../../protocol/limits.ts";
import { type LineFate, lineFates, type SheetKind } from "../../../protocol/sheet.ts";
import { useAction } from "../../app/action.ts";
import { announce } from "../../app/announce.tsx";
import { bytesText, toBase64Url } from "../../app/bytes.ts";
import { Dialog } from "../../app/dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import { StateBadge } from "../../app/state-badge.tsx";
import { Failure } from "../../app/states.tsx";
import css from "./sheet-import.module.css";

const ways = {
  device: { at: "/api/register/devices", file: "genkan-devices.csv", asked: "devices", title: "sheet.titleDevice" },
  person: { at: "/api/accounts", file: "genkan-people.csv", asked: "accounts", title: "sheet.titlePerson" },
} as const satisfies Record<SheetKind, object>;

/** Import and export of what a page lists, beside what adds one of them. */
export function SheetButtons({ kind }: { kind: SheetKind }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const { at, file } = ways[kind];
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t("sheet.import")}
      </Button>
      <Button variant="default" component="a" href={`${at}/export`} download={file}>
        {t("sheet.export")}
      </Button>
      {open && <ImportDialog kind={kind} close={() => setOpen(false)} />}
    </>
  );
}

/** What would become of each line, and then, if somebody says so, what has. */
function ImportDialog({ kind, close }: { kind: SheetKind; close: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const name = useId();
  const { at, asked, title } = ways[kind];
  const look = useAction<{ file: string; fates: SheetFates }, File>({
    mutationFn: async (chosen) => {
      if (chosen.size > limits.sheetBytes)
        throw new Error(t("sheet.tooLarge", { limit: bytesText(limits.sheetBytes) }));
      const bytes = await chosen.arrayBuffer().catch(() => {
        throw new Error(t("sheet.unreadable"));
      });
      if (bytes.byteLength === 0) throw new Error(t("sheet.empty"));
      const file = toBase64Url(new Uint8Array(bytes));
      return { file, fates: await send<SheetFates>(`${at}/import`, { file, dryRun: true }) };
    },
  });
  const take = useAction<SheetFates>({
    mutationFn: () => send<SheetFates>(`${at}/import`, { file: look.data?.file, dryRun: false }),
    onSuccess: async ({ kept }) => {
      if (!kept) return;
      await client.invalidateQueries({ queryKey: [asked] });
      announce(t("sheet.done"));
      close();
    },
  });
  const fates = take.data ?? look.data?.fates;
  const count = (fate: LineFate) => fates?.lines.filter((line) => line.fate === fate).length ?? 0;
  const [refused, news] = [count("refused"), count("added") + count("changed")];
  const counts = Object.fromEntries(lineFates.map((fate) => [fate, count(fate)])) as Record<LineFate, number>;
  return (
    <Dialog opened close={close} held={take.running} title={t(title)}>
      <Stack>
        <div>
          <label htmlFor={name}>{t("sheet.file")}</label>
          <input
            id={name}
            className={css.file}
            type="file"
            accept=".csv,text/csv"
            aria-describedby={`${name}-help`}
            disabled={take.isPending}
            onChange={({ currentTarget }) => {
              const [chosen] = currentTarget.files ?? [];
              take.reset();
              if (chosen) look.mutate(chosen);
            }}
          />
          <p className={css.help} id={`${name}-help`}>
            {t("sheet.fileHelp")} {kind === "person" && t("sheet.peopleHelp")}
          </p>
        </div>
        {look.isError && <Failure error={look.error} />}
        {fates?.lines.length === 0 && <p>{t("sheet.empty")}</p>}
        {fates && fates.lines.length > 0 && (
          <>
            <p role="status">{t("sheet.counts", counts)}</p>
            <Lines lines={fates.lines} />
            {take.data && !take.data.kept && <p>{t("sheet.again")}</p>}
            {refused > 0 && <p>{t("sheet.mend")}</p>}
            {refused === 0 && news === 0 && <p>{t("sheet.same")}</p>}
          </>
        )}
        {take.isError && <Failure error={take.error} />}
        <Group justify="flex-end">
          <Button variant="default" disabled={take.isPending} onClick={close}>
            {t("shell.back")}
          </Button>
          <Button
            color="ai"
            disabled={!fates || look.isPending || refused > 0 || news === 0}
            loading={take.isPending}
            onClick={() => take.mutate()}
          >
            {t("sheet.confirm")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

const tones = { added: "open", changed: "wait", unchanged: "calm", refused: "stop" } as const;

function Lines({ lines }: { lines: readonly SheetLine[] }) {
  const { t } = useText();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard.
    <div className={css.lines} tabIndex={0} role="region" aria-label={t("sheet.fate")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("sheet.line")}</th>
            <th scope="col">{t("sheet.fate")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ line, about, fate, refusal }) => (
            <tr key={line}>
              <td>{line}</td>
              <td>
                <StateBadge tone={tones[fate]}>{t(`sheet.${fate}`)}</StateBadge>{" "}
                {about !== "" && <Name long>{about}</Name>}
                {refusal && (
                  <div>
                    {t(`lineFaults.${refusal.fault}`)} <Where refusal={refusal} /> <code>{refusal.code}</code>
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The column, and what was found there; what the server says beyond that is in English. */
function Where({ refusal }: { refusal: NonNullable<SheetLine["refusal"]> }) {
  const { locale } = useText();
  const { column, fault } = refusal;
  const found = fault === "act-refused" && locale !== "en" ? null : refusal.found;
  if (column === null && found === null) return null;
  return (
    <>
      ({column !== null && <code>{column}</code>}
      {column !== null && found !== null && ": "}
      {found !== null && <Name long>{found}</Name>})
    </>
  );
}
