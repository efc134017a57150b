import { useEffect, useRef, useState } from "react";
import type { SessionView } from "../../protocol/api/session.ts";
import { bytesText } from "./bytes.ts";
import { useText } from "./language.ts";
import css from "./traffic.module.css";

const quietMs = 3_000;

/** Bytes to and from the device, with a pulse while they move. */
export function Traffic({ counts }: { counts: SessionView["counts"] }) {
  const { t } = useText();
  const moving = useMoving(counts.up + counts.down);
  return (
    <span className={css.traffic} data-moving={moving}>
      <span>
        <span aria-hidden="true">↑</span> <span className={css.name}>{t("session.up")}</span> {bytesText(counts.up)}
      </span>
      <span>
        <span aria-hidden="true">↓</span> <span className={css.name}>{t("session.down")}</span> {bytesText(counts.down)}
      </span>
    </span>
  );
}

function useMoving(total: number): boolean {
  const last = useRef(total);
  const [moving, setMoving] = useState(false);
  useEffect(() => {
    if (total === last.current) return;
    last.current = total;
    setMoving(true);
    const timer = setTimeout(() => setMoving(false), quietMs);
    return () => clearTimeout(timer);
  }, [total]);
  return moving;
}
