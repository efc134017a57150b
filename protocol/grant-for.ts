import type { SignedRequest } from "./chain.ts";
import type { Grant } from "./grant.ts";
import { noObligations } from "./kept-obligations.ts";
import { type Service, ways } from "./service.ts";

/**
 * The one grant that answers a request in these windows. The authority writes it, and the approver's page writes it too, from
 * what it shows, and signs only for the same: so no member can be signed that nobody has looked at.
 */
export function grantFor(
  { request, hash }: Pick<SignedRequest, "request" | "hash">,
  given: Pick<Grant, "id" | "agent" | "windows"> & { readonly services: readonly Service[] },
): Grant {
  const { site, person, vendor, workstation, device, zone, rule } = request;
  return {
    type: "genkan/grant/v1",
    id: given.id,
    request: hash,
    site,
    person: { ...person, vendor: vendor.id },
    workstation: { id: workstation.id, thumbprints: workstation.thumbprints },
    agent: given.agent,
    device,
    services: request.services.flatMap((asked) => given.services.find(({ id }) => id === asked.id) ?? []),
    windows: given.windows,
    zone,
    rule,
    replaces: null,
    obligations: {
      ...noObligations,
      recording: request.services.some(({ protocol }) => ways[protocol].record === "rows") ? "rows" : "counts",
    },
  };
}
