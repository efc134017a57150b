import type { AttestationList } from "../../../protocol/api/attestation.ts";
import type { Me } from "../../../protocol/api/me.ts";
import type { Context } from "../context.ts";
import { approve } from "../parts/request.ts";
import { admit, endedSession, refusal } from "../parts/session.ts";
import { subcontractor } from "../parts/vendors.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/** The word on the technician runs out: the session ends, nothing begins, and it stands in the log; one press restores them. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const [chief, technician] = [subcontractor(context, "chief"), subcontractor(context, "technician")];
  const grant = await approve(context.person("tanaka"), context.request("subcontract"));
  context.grants.set("subcontract", grant);
  const { body: ticket } = await admit(technician, grant);
  const session = "session" in ticket ? ticket.session : "";
  // Some 30 seconds: the technician enrolled longer ago, or does soon.
  await world.askAuthority("vendor attestation", { "--every": "0.00035" });
  const ended = await endedSession(technician, session);
  const { person } = await technician.get<Me>("/api/me");
  const own = ({ people }: AttestationList) => people.find((one) => one.person.id === person.id);
  const suspended = await until("suspension", 60_000, async () => {
    const found = own(await chief.get<AttestationList>("/api/attestations"));
    return found?.suspendedAt ? found : undefined;
  });
  const refused = refusal(await admit(technician, grant), "denied", "attestation-missing");
  await chief.post<AttestationList>("/api/attestations", { people: [person.id] });
  const again = await admit(technician, grant);
  await world.askAuthority("vendor attestation", { "--every": "90" });
  if (again.status !== 201) throw new Error(`Confirmed, the technician got ${JSON.stringify(again.body)}.`);
  return {
    reason: ended.reason,
    suspendedAt: suspended.suspendedAt,
    refused: refused.reasons,
    confirmed: again.status,
  };
}
