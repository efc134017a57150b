import { Button, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { RequestView } from "../../protocol/api/request.ts";
import { ApprovalProgress, needsSeveral } from "../app/approval-progress.tsx";
import { RequestBadge } from "../app/badges.tsx";
import { Card } from "../app/card.tsx";
import { send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { PageTitle } from "../app/page-title.tsx";
import { useRequest } from "../app/queries.ts";
import { ReasonDialog } from "../app/reason-dialog.tsx";
import { RequestFacts, RequestOutcome } from "../app/request-facts.tsx";
import { Link } from "../app/router.tsx";
import { Asked } from "../app/states.tsx";

/** One request, as its requester follows it. */
export function RequestPage({ id }: { id: string }) {
  return <Asked query={useRequest(id)}>{(request) => <Shown request={request} />}</Asked>;
}

function Shown({ request }: { request: RequestView }) {
  const { t } = useText();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const withdraw = async () => {
    await send(`/api/requests/${request.id}/withdrawal`);
    await client.invalidateQueries({ queryKey: ["requests"] });
  };
  return (
    <Stack gap="lg">
      <PageTitle
        title={t("request.title", { device: request.device.name })}
        aside={<RequestBadge state={request.state} />}
      >
        {t(`request.next.${request.state}`)}
      </PageTitle>
      {request.decidedBy && (
        <Card edge={request.state === "approved" ? "open" : "stop"}>
          <RequestOutcome request={request} />
          {request.grant && <Link href="/">{t("request.toGrant")}</Link>}
        </Card>
      )}
      {needsSeveral(request.approval) && (
        <Card edge="wait">
          <ApprovalProgress approval={request.approval} />
        </Card>
      )}
      <Card>
        <RequestFacts request={request} />
      </Card>
      {request.state === "pending" && (
        <Button variant="outline" color="shu" onClick={() => setAsking(true)} style={{ alignSelf: "flex-start" }}>
          {t("request.withdraw")}
        </Button>
      )}
      <ReasonDialog
        opened={asking}
        close={() => setAsking(false)}
        title={t("request.withdrawTitle")}
        about={request.id}
        confirm={t("request.withdrawNow")}
        done={t("request.withdrawn")}
        danger
        reason="none"
        act={withdraw}
      >
        {t("request.withdrawAsk")}
      </ReasonDialog>
    </Stack>
  );
}
