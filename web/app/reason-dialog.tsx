import { Button, Group, Stack, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { limits } from "../../protocol/limits.ts";
import { announce } from "./announce.tsx";
import { Dialog } from "./dialog.tsx";
import { useText } from "./language.ts";
import { Failure } from "./states.tsx";

interface ReasonDialogProps {
  opened: boolean;
  close: () => void;
  title: string;
  children?: ReactNode;
  /** Name of the button that does it. */
  confirm: string;
  /** What is said when it is done. */
  done: string;
  danger?: boolean;
  /** `none`: only a question, no text field. */
  reason: "required" | "optional" | "none";
  act: (reason: string | null) => Promise<unknown>;
}

/** Asks before something that cannot be taken back, with the reason that the log keeps. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { t } = useText();
  const [reason, setReason] = useState("");
  const action = useMutation({ mutationFn: () => props.act(reason.trim() || null) });
  const close = () => {
    setReason("");
    action.reset();
    props.close();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await action.mutateAsync();
    announce(props.done);
    close();
  };
  return (
    <Dialog opened={props.opened} close={close} title={props.title}>
      <form onSubmit={(event) => void submit(event).catch(() => {})}>
        <Stack>
          <div>{props.children}</div>
          {props.reason !== "none" && (
            <Textarea
              label={props.reason === "required" ? t("shell.reason") : t("shell.reasonOptional")}
              description={t("shell.reasonKept")}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              required={props.reason === "required"}
              maxLength={limits.reasonCharacters}
              autosize
              minRows={2}
            />
          )}
          {action.isError && <Failure error={action.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("shell.back")}
            </Button>
            <Button
              type="submit"
              color={props.danger ? "shu" : "ai"}
              loading={action.isPending}
              disabled={props.reason === "required" && reason.trim() === ""}
            >
              {props.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
