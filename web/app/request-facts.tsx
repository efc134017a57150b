import type { RequestView } from "../../protocol/api/request.ts";
import { Facts } from "./card.tsx";
import { useText } from "./language.ts";
import { Name } from "./name.tsx";
import { ServiceList } from "./service-list.tsx";
import { Instant, Whens } from "./when.tsx";

/** Everything that a request says, in the order in which it is decided. */
export function RequestFacts({ request }: { request: RequestView }) {
  const { t } = useText();
  return (
    <Facts
      rows={[
        [
          t("request.who"),
          <>
            <b>
              <Name>{request.person.name}</Name>
            </b>
            {"\n"}
            {request.vendor.name}
          </>,
        ],
        [
          t("request.device"),
          <>
            <b>{request.device.name}</b>
            {"\n"}
            {request.device.model} · {request.site.name}
          </>,
        ],
        [t("request.services"), <ServiceList key="services" services={request.services} />],
        [t("request.window"), <Whens key="window" windows={request.windows} siteZone={request.siteZone} length />],
        [t("request.reason"), request.reason],
        [t("request.plan"), request.plan],
        request.workOrder === null ? null : [t("request.workOrder"), <Name key="order">{request.workOrder}</Name>],
        [t("request.workstation"), request.workstation.label],
        [t("request.askedAt"), <Instant key="at" at={request.createdAt} zone={request.siteZone} />],
      ]}
    />
  );
}

/** Who decided, when, and why not. */
export function RequestOutcome({ request }: { request: RequestView }) {
  const { t } = useText();
  return (
    <Facts
      rows={[
        request.decidedBy && [t("request.decidedBy"), request.decidedBy.name],
        request.decidedAt
          ? [t("request.decidedAt"), <Instant key="at" at={request.decidedAt} zone={request.siteZone} />]
          : null,
        request.denial === null ? null : [t("request.denial"), request.denial],
      ]}
    />
  );
}
