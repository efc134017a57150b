import type { RequestView } from "../../protocol/api/request.ts";
import { Facts } from "./card.tsx";
import { useText } from "./language.ts";
import { Name, Names } from "./name.tsx";
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
            <Name>{request.vendor.name}</Name>
          </>,
        ],
        [
          t("request.device"),
          <>
            <b>
              <Name>{request.device.name}</Name>
            </b>
            {"\n"}
            <Names of={[request.device.model, request.site.name]} />
          </>,
        ],
        [t("request.services"), <ServiceList key="services" services={request.services} />],
        [t("request.window"), <Whens key="window" windows={request.windows} siteZone={request.siteZone} length />],
        [
          t("request.reason"),
          <Name key="reason" long>
            {request.reason}
          </Name>,
        ],
        [
          t("request.plan"),
          <Name key="plan" long>
            {request.plan}
          </Name>,
        ],
        request.workOrder === null ? null : [t("request.workOrder"), <Name key="order">{request.workOrder}</Name>],
        [t("request.workstation"), <Name key="workstation">{request.workstation.label}</Name>],
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
        request.decidedBy && [t("request.decidedBy"), <Name key="by">{request.decidedBy.name}</Name>],
        request.decidedAt
          ? [t("request.decidedAt"), <Instant key="at" at={request.decidedAt} zone={request.siteZone} />]
          : null,
        request.denial === null
          ? null
          : [
              t("request.denial"),
              <Name key="denial" long>
                {request.denial}
              </Name>,
            ],
      ]}
    />
  );
}
