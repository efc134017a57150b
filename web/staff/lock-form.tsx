import { Button, NativeSelect, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type LockKind, lockKinds } from "../../protocol/lock.ts";
import type { Site } from "../../protocol/site.ts";
import { isolated } from "../../protocol/words.ts";
import { Card } from "../app/card.tsx";
import { send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { ReasonDialog } from "../app/reason-dialog.tsx";
import { Failure } from "../app/states.tsx";
import type { LockBody } from "../app/views.ts";
import { useLockTargets } from "./lock-targets.ts";

/** Chooses what to lock, and of several sites at which; the reason is asked for, with what it will do, before it is done. */
export function LockForm({ sites }: { sites: readonly Site[] }) {
  const { t } = useText();
  const client = useQueryClient();
  const [kind, setKind] = useState<LockKind>("person");
  const [target, setTarget] = useState("");
  const [asking, setAsking] = useState(false);
  const [site, setSite] = useState(sites[0]?.id);
  const { targets, loading, failure } = useLockTargets(kind, site);
  const everything = kind === "everything";
  const name = targets.find((one) => one.id === target)?.name;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (everything || name !== undefined) setAsking(true);
  };
  const lock = async (reason: string | null) => {
    const body = {
      kind,
      target: everything ? null : target,
      ...(site ? { site } : {}),
      reason: reason ?? "",
    } satisfies LockBody;
    await send("/api/locks", body);
    await Promise.all(["locks", "sessions", "people"].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
  return (
    <Card>
      <form onSubmit={submit}>
        <Stack>
          {sites.length > 1 && (
            <NativeSelect
              label={t("lock.where")}
              value={site ?? ""}
              onChange={(event) => {
                setSite(sites.find(({ id }) => id === event.currentTarget.value)?.id);
                setTarget("");
              }}
              data={sites.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
          <NativeSelect
            label={t("lock.what")}
            value={kind}
            onChange={(event) => {
              setKind(event.currentTarget.value as LockKind);
              setTarget("");
            }}
            data={lockKinds.map((value) => ({ value, label: t(`lockKind.${value}`) }))}
          />
          {!everything && (
            <NativeSelect
              label={t("lock.target")}
              required
              value={target}
              onChange={(event) => setTarget(event.currentTarget.value)}
              data={[
                { value: "", label: t(loading ? "shell.loading" : "lock.choose") },
                ...targets.map((one) => ({ value: one.id, label: isolated(one.name) })),
              ]}
            />
          )}
          {failure && (
            <Failure
              error={failure.error}
              title={t("lock.targetsMissing")}
              next={t("lock.targetsMissingNext")}
              again={failure.again}
            />
          )}
          <Button
            type="submit"
            color="shu"
            disabled={!everything && name === undefined}
            style={{ alignSelf: "flex-start" }}
          >
            {t("lock.lock")}
          </Button>
        </Stack>
      </form>
      <ReasonDialog
        opened={asking}
        close={(done) => {
          setAsking(false);
          if (done) setTarget("");
        }}
        title={t("lock.lockTitle")}
        about={`${kind} ${target}`}
        confirm={t("lock.lockNow")}
        done={t("lock.lockDone")}
        danger
        reason="required"
        act={lock}
      >
        {everything ? t("lock.askEverything") : t("lock.ask", { what: name ?? "" })}
      </ReasonDialog>
    </Card>
  );
}
