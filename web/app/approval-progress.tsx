import type { ApprovalState } from "../../protocol/api/request.ts";
import { Facts } from "./card.tsx";
import { useText } from "./language.ts";
import { Names } from "./name.tsx";
import { roleWords } from "./requirement-words.ts";
import { Small } from "./rows.tsx";

/** Who has approved a request that needs several people, and who is still missing. */
export function ApprovalProgress({ approval }: { approval: ApprovalState }) {
  const { t } = useText();
  const { filled, places, approvers, wanted } = approval;
  return (
    <Facts
      rows={[
        [t("request.approvals.have"), t("request.approvals.progress", { filled, places })],
        approvers.length === 0
          ? null
          : [
              t("request.approvals.by"),
              <Names key="by" of={approvers.map(({ name }) => name)} between={t("shell.comma")} />,
            ],
        wanted.length === 0 ? null : [t("request.approvals.wanted"), roleWords(t, wanted)],
      ]}
    />
  );
}

/** The same in one line, where one yes is not enough; nothing otherwise. */
export function ApprovalCount({ approval }: { approval: ApprovalState | null }) {
  const { t } = useText();
  if (!needsSeveral(approval)) return null;
  return <Small>{t("request.approvals.progress", { filled: approval.filled, places: approval.places })}</Small>;
}

export const needsSeveral = (approval: ApprovalState | null): approval is ApprovalState =>
  approval !== null && approval.places > 1;
