import type { Me } from "../../../protocol/api/me.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { Context } from "../context.ts";
import { sampleWith, windowFromNow, wish } from "../parts/request.ts";
import { refusal } from "../parts/session.ts";
import { maintainerFile, newcomerFile, subcontractor } from "../parts/vendors.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

const hourMs = 3_600_000;

/** A subcontractor's technician sees the vendor's device and is refused; with the hospital's dated consent the request is taken. */
export async function run(context: Context): Promise<Evidence> {
  const technician = subcontractor(context, "technician");
  const terminal = context.terminal("yamada");
  const { id: vendor, sites } = await maintainerFile(context);
  const { id: other } = await newcomerFile(context);
  const consent = ["vendor", "consent", vendor, other, "--site", sites[0]?.id ?? ""];
  await until("workstation", 15_000, async () => (await technician.get<Me>("/api/me")).workstation !== null);
  const before = await technician.get<{ devices: unknown[] }>("/api/devices");
  await terminal.must(...consent);
  const device = await sampleWith(technician, "http");
  const body = async () => wish(technician, device, windowFromNow(0, hourMs));
  const refused = refusal(await technician.ask("POST", "/api/requests", await body()), "denied", "consent-missing");
  await terminal.must(...consent, "--until", "+3h", "--note", "同意書 第12号");
  const asked = await technician.post<RequestView>("/api/requests", await body());
  context.requests.set("subcontract", asked);
  return { devicesBefore: before.devices.length, refused: refused.reasons, asked: asked.id };
}
