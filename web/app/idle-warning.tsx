import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { Me } from "../../protocol/api/me.ts";
import { limits } from "../../protocol/limits.ts";
import { useAction } from "./action.ts";
import { useNow } from "./clock.ts";
import { Dialog } from "./dialog.tsx";
import { ask } from "./http.ts";
import { useText } from "./language.ts";
import { Failure } from "./states.tsx";
import { durationText } from "./time.ts";

/** Says that nobody has done anything for long, before the sign-in ends for it; whoever is there presses a button. */
export function IdleWarning({ me }: { me: Me }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const leftMs = Date.parse(me.idleEndsAt) - useNow();
  const stay = useAction({
    mutationFn: () => ask<Me>("/api/me", "act"),
    onSuccess: (now) => client.setQueryData(["me"], now),
  });
  const again = () => stay.mutate();
  return (
    <Dialog opened={leftMs > 0 && leftMs <= limits.idleWarningMs} close={again} title={t("idle.title")}>
      <p>{t("idle.lead", { time: durationText(leftMs, locale) })}</p>
      {stay.isError && <Failure error={stay.error} />}
      <Button fullWidth loading={stay.isPending} onClick={again}>
        {t("idle.stay")}
      </Button>
    </Dialog>
  );
}
