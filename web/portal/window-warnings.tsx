import { useEffect, useRef } from "react";
import { limits } from "../../protocol/limits.ts";
import { announce } from "../app/announce.tsx";
import { useNow } from "../app/clock.ts";
import { useText } from "../app/language.ts";
import { useSessions } from "../app/queries.ts";
import { durationText } from "../app/time.ts";
import { dueWarning } from "./due-warning.ts";

/** Says it aloud before a window closes over a live session, so that a firmware write is not cut by surprise (D37). */
export function WindowWarnings() {
  const { t, locale } = useText();
  const nowMs = useNow();
  const lookedMs = useRef(nowMs);
  const sessions = useSessions().data?.sessions;
  useEffect(() => {
    const beforeMs = lookedMs.current;
    lookedMs.current = nowMs;
    for (const session of sessions ?? []) {
      if (session.state === "ended") continue;
      const end = Date.parse(session.windowEnd);
      const leftMs = dueWarning(end - beforeMs, end - nowMs, limits.windowWarningsMs);
      if (leftMs === null) continue;
      announce(t("time.warning", { device: session.device.name, time: durationText(leftMs, locale) }));
    }
  }, [nowMs, sessions, t, locale]);
  return null;
}
