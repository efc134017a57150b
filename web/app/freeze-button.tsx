import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { SessionView } from "../../protocol/api/session.ts";
import { useAction } from "./action.ts";
import { announce } from "./announce.tsx";
import { errorTexts } from "./error-texts.ts";
import { send } from "./http.ts";
import { useText } from "./language.ts";

/** Stops the bytes of a session for a while without ending it, and lets them go on. */
export function FreezeButton({ session }: { session: SessionView }) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const freeze = useAction({
    mutationFn: (frozen: boolean) => send(`/api/sessions/${session.id}/freeze`, { frozen, reason: null }),
    onSuccess: async (_reply, frozen) => {
      announce(t(frozen ? "session.frozenDone" : "session.thawDone"));
      await client.invalidateQueries({ queryKey: ["sessions"] });
    },
    onError: (error) => announce(errorTexts(error, t, locale).title),
  });
  if (session.state !== "live") return null;
  return (
    <Button variant="default" loading={freeze.isPending} onClick={() => freeze.mutate(session.frozen === null)}>
      {t(session.frozen ? "session.thaw" : "session.freeze")}
    </Button>
  );
}
