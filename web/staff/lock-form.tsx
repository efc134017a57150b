import { Button, NativeSelect, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type LockKind, lockKinds } from "../../protocol/lock.ts";
import { isolated } from "../../protocol/words.ts";
import { Card } from "../app/card.tsx";
import { send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { ReasonDialog } from "../app/reason-dialog.tsx";
import { Failure } from "../app/states.tsx";
import type { LockBody } from "../app/views.ts";
import { useLockTargets } from "./lock-targets.ts";

/** Chooses what to lock; the reason is asked for, with what it will do, before it is done. */
export function LockForm() {
  const { t } = useText();
  const client = useQueryClient();
  const [kind, setKind] = useState<LockKind>("person");
  const [target, setTarget] = useState("");
  const [asking, setAsking] = useState(false);
  const { targets, loading, failure } = useLockTargets(kind);
  const everything = kind === "everything";
  const name = targets.find((one) => one.id === target)?.name;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (everything || name !== undefined) setAsking(true);
  };
  const lock = async (reason: string | null) => {
    const body = { kind, target: everything ? null : target, reason: reason ?? "" } satisfies LockBody;
    await send("/api/locks", body);
    await Promise.all(["locks", "sessions", "people"].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
  return (
    <Card>
      <form onSubmit={submit}>
        <Stack>
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
