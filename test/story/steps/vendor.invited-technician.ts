import type { OneTimeLink } from "../../../protocol/api/account.ts";
import type { Me } from "../../../protocol/api/me.ts";
import type { Context } from "../context.ts";
import { refusal } from "../parts/session.ts";
import { newcomer, newcomerFile, sitDownAs, subcontractor } from "../parts/vendors.ts";
import type { Evidence } from "../result.ts";

/** The vendor's administrator invites a technician at the vendor's own mail domain; at another one nobody is invited. */
export async function run(context: Context): Promise<Evidence> {
  const chief = subcontractor(context, "chief");
  const { id: vendor } = await newcomerFile(context);
  const invitation = (login: string) => ({
    name: "加藤 蓮 (Kato Ren)",
    login,
    site: null,
    vendor,
    roles: ["technician"],
    until: null,
  });
  const foreign = await chief.ask("POST", "/api/accounts", invitation("kato@elsewhere.example"));
  const link = await chief.post<OneTimeLink>("/api/accounts", invitation(`kato@${newcomer.domain}`));
  const technician = await sitDownAs(context, "technician", link.url);
  const { memberships } = await technician.get<Me>("/api/me");
  return { foreignDomain: refusal(foreign, "bad-request").code, memberships: memberships.map(({ roles }) => roles) };
}
