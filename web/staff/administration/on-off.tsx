import { Button } from "@mantine/core";
import { useState } from "react";
import { useText } from "../../app/language.ts";
import { ReasonDialog } from "../../app/reason-dialog.tsx";

interface OnOffProps {
  active: boolean;
  /** Id of what is turned. */
  about: string;
  /** What happens when it is turned: asked before. */
  ask: string;
  /** What a screen reader hears besides, where there are several on a card. */
  of?: string;
  act: (verb: "enable" | "disable") => Promise<unknown>;
}

/** Turns something off, or on again, and says before what that does. */
export function OnOff({ active, about, ask, of, act }: OnOffProps) {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  const words = t(active ? "record.disable" : "record.enable");
  return (
    <>
      <Button
        variant="default"
        size={of === undefined ? "md" : "compact-sm"}
        aria-label={of === undefined ? undefined : `${words}: ${of}`}
        onClick={() => setAsking(true)}
      >
        {words}
      </Button>
      <ReasonDialog
        opened={asking}
        close={() => setAsking(false)}
        title={words}
        about={about}
        confirm={words}
        done={t("record.done")}
        danger={active}
        reason="none"
        act={() => act(active ? "disable" : "enable")}
      >
        {ask}
      </ReasonDialog>
    </>
  );
}
