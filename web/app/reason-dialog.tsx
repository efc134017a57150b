import { Button, Group, Stack, Textarea } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { limits } from "../../protocol/limits.ts";
import { useAction } from "./action.ts";
import { announce } from "./announce.tsx";
import { Dialog } from "./dialog.tsx";
import { useDraft } from "./draft.ts";
import { useText } from "./language.ts";
import { useMe } from "./queries.ts";
import { Failure } from "./states.tsx";

interface ReasonDialogProps {
  opened: boolean;
  /** Called with whether it was done. Never while it is under way: its failure would be told nowhere. */
  close: (done: boolean) => void;
  title: string;
  /** Id of what it is about: a reason that was typed for it is kept for it alone. */
  about: string;
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
  const [reason, setReason, dropReason] = useDraft(
    useMe(true).data?.person.id ?? "",
    `${props.title} ${props.about}`,
    "",
  );
  const action = useAction({
    mutationFn: () => props.act(reason.trim() || null),
    onSuccess: () => {
      announce(props.done);
      close(true);
    },
  });
  const close = (done: boolean) => {
    dropReason();
    action.reset();
    props.close(done);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    action.mutate();
  };
  return (
    <Dialog opened={props.opened} close={() => close(false)} held={action.running} title={props.title}>
      <form onSubmit={submit}>
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
            <Button variant="default" disabled={action.isPending} onClick={() => close(false)}>
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
