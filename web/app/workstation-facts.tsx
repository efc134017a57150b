import type { OwnWorkstation } from "../../protocol/api/own-account.ts";
import { fingerprint } from "./fingerprint.ts";
import { useText } from "./language.ts";
import { Small } from "./rows.tsx";
import { Instant } from "./when.tsx";

/** By what a computer is known, since when, and when it was last used. */
export function WorkstationFacts({ workstation }: { workstation: Pick<OwnWorkstation, "keys" | "lastUsedAt"> }) {
  const { t } = useText();
  return (
    <>
      {workstation.keys.map(({ kind, thumbprint, since }) => (
        <Small key={thumbprint}>
          {t(`account.key.${kind}`)} <code>{fingerprint(thumbprint)}</code> · {t("account.since")}{" "}
          <Instant at={since} detail="year" />
        </Small>
      ))}
      <Small>
        {t("account.lastUsed")}{" "}
        {workstation.lastUsedAt === null ? t("shell.never") : <Instant at={workstation.lastUsedAt} detail="year" />}
      </Small>
    </>
  );
}
