import { Stack } from "@mantine/core";
import type { Me } from "../../protocol/api/me.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import { ApprovalProgress, needsSeveral } from "../app/approval-progress.tsx";
import { RequestBadge } from "../app/badges.tsx";
import { Card } from "../app/card.tsx";
import { useText } from "../app/language.ts";
import { PageTitle } from "../app/page-title.tsx";
import { useRequest } from "../app/queries.ts";
import { RequestFacts, RequestOutcome } from "../app/request-facts.tsx";
import { Link } from "../app/router.tsx";
import { Asked } from "../app/states.tsx";
import { Decision } from "./decision.tsx";
import { hasApproved, isApproverAt, mayApprove } from "./may.ts";

/** One request with everything that an approver must know, and the decision at its end. */
export function RequestPage({ id, me }: { id: string; me: Me }) {
  return <Asked query={useRequest(id)}>{(request) => <Shown request={request} me={me} />}</Asked>;
}

function Shown({ request, me }: { request: RequestView; me: Me }) {
  const { t } = useText();
  const own = request.person.id === me.person.id;
  const decides = mayApprove(me, request) || hasApproved(me, request);
  const reading = isApproverAt(me, request.site) ? "codes.deny.approval-not-wanted" : "approval.readerOnly";
  return (
    <Stack gap="lg">
      <PageTitle
        title={t("approval.title", { person: request.person.name })}
        aside={<RequestBadge state={request.state} />}
      />
      {request.decidedBy && (
        <Card edge={request.state === "approved" ? "open" : "stop"}>
          <RequestOutcome request={request} />
          {request.grant && <Link href="/grants">{t("approval.toGrants")}</Link>}
        </Card>
      )}
      <Card>
        <RequestFacts request={request} />
      </Card>
      {request.state === "pending" && own && <Card edge="stop">{t("codes.deny.self-approval")}</Card>}
      {needsSeveral(request.approval) && (
        <Card edge="wait">
          <ApprovalProgress approval={request.approval} />
        </Card>
      )}
      {request.state === "pending" && !own && decides && <Decision request={request} me={me} />}
      {request.state === "pending" && !own && !decides && <Card>{t(reading)}</Card>}
    </Stack>
  );
}
