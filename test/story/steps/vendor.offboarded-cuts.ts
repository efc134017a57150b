import type { GrantView } from "../../../protocol/api/grant.ts";
import type { Context } from "../context.ts";
import { admit, endedSession, refusal } from "../parts/session.ts";
import { newcomer, newcomerFile, subcontractor } from "../parts/vendors.ts";
import type { Evidence } from "../result.ts";

/** The hospital ends its work with the vendor: in one act the session is cut, the grant revoked, the consent over. */
export async function run(context: Context): Promise<Evidence> {
  const technician = subcontractor(context, "technician");
  const grant = context.grant("subcontract");
  const { body: ticket } = await admit(technician, grant);
  const session = "session" in ticket ? ticket.session : "";
  const { sites } = await newcomerFile(context);
  const where = ["--site", sites[0]?.id ?? "", "--reason", "契約終了"];
  const erase = ["--erase", "ログの写し", "--due", "2030-03-31"];
  await context.terminal("yamada").must("vendor", "offboard", newcomer.name, ...where, ...erase);
  const ended = await endedSession(technician, session);
  if (ended.reason !== "revoked") throw new Error(`The end reason is ${ended.reason}.`);
  const refused = refusal(await admit(technician, grant), "denied", "consent-missing");
  const { state } = await technician.get<GrantView>(`/api/grants/${grant.id}`);
  const { erasures } = await newcomerFile(context);
  return { reason: ended.reason, grant: state, refused: refused.reasons, erase: erasures.map(({ what }) => what) };
}
