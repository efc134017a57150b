import type { RequestView } from "../../protocol/api/request.ts";
import { RequestBadge } from "../app/badges.tsx";
import { Card } from "../app/card.tsx";
import { useText } from "../app/language.ts";
import { Link } from "../app/router.tsx";
import { When } from "../app/when.tsx";
import css from "./request-row.module.css";

export function RequestRow({ request }: { request: RequestView }) {
  const { t } = useText();
  return (
    <Card label={request.device.name} edge={request.state === "pending" ? "wait" : "none"}>
      <div className={css.row}>
        <div className={css.what}>
          <Link href={`/requests/${request.id}`} className={css.device}>
            {request.device.name}
          </Link>
          <span className={css.services}>{request.services.map((service) => service.name).join(t("shell.comma"))}</span>
          <When window={request.window} siteZone={request.siteZone} />
          {request.denial && <span>{t("request.deniedBecause", { reason: request.denial })}</span>}
        </div>
        <RequestBadge state={request.state} />
      </div>
    </Card>
  );
}
