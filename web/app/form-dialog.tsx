import { Button, Group, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { useAction } from "./action.ts";
import { announce } from "./announce.tsx";
import { Dialog } from "./dialog.tsx";
import { useText } from "./language.ts";
import { Failure } from "./states.tsx";

interface FormDialogProps {
  /** Never called while it is under way: its failure would be told nowhere. */
  close: () => void;
  title: string;
  /** The fields; the browser's own checks of them hold. */
  children: ReactNode;
  /** Name of the button that does it. */
  confirm: string;
  /** What is said when it is done. */
  done: string;
  act: () => Promise<unknown>;
  /** It ends something. */
  danger?: boolean;
}

/** A form in a dialog, there only while it is open: what was typed stays while its failure is told. */
export function FormDialog(props: FormDialogProps) {
  const { t } = useText();
  const action = useAction({
    mutationFn: props.act,
    onSuccess: () => {
      announce(props.done);
      props.close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    action.mutate();
  };
  return (
    <Dialog opened close={props.close} held={action.running} title={props.title}>
      <form onSubmit={submit}>
        <Stack>
          {props.children}
          {action.isError && <Failure error={action.error} />}
          <Group justify="flex-end">
            <Button variant="default" disabled={action.isPending} onClick={props.close}>
              {t("shell.back")}
            </Button>
            <Button type="submit" color={props.danger ? "shu" : "ai"} loading={action.isPending}>
              {props.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
