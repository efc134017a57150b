import { isDeepStrictEqual } from "node:util";
import type { Static } from "typebox";
import { verifyRequest } from "../../../crypto/access-request.ts";
import type { ApprovalGround } from "../../../protocol/api/approval-ground.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { WorkstationList } from "../../../protocol/api/workstation.ts";
import type { Context } from "../context.ts";
import { foreignKey } from "../parts/foreign-key.ts";
import type { Person } from "../parts/person.ts";
import { sampleWith, windowFromNow, wish } from "../parts/request.ts";
import { refusal } from "../parts/session.ts";
import type { Evidence } from "../result.ts";

const hourMs = 3_600_000;

/**
 * What the portal's page asked for lies at the authority in bytes that the browser's key signed, and says what was asked.
 * Without that signature, or with another one, the authority takes no request.
 */
export async function run(context: Context): Promise<Evidence> {
  const [sato, tanaka] = [context.person("sato"), context.person("tanaka")];
  const view = context.request("web");
  const { statement } = await tanaka.get<ApprovalGround>(`/api/requests/${view.id}/ground`);
  const { request, hash, signer } = await verifyRequest(statement);
  const { workstations } = await sato.get<Static<typeof WorkstationList>>("/api/workstations");
  const own = workstations.find(({ id }) => id === request.workstation.id);
  const kind = own?.keys.find(({ thumbprint }) => thumbprint === signer)?.kind;
  if (kind !== "browser") throw new Error(`The request was signed by ${kind ?? "no key of the workstation"}.`);
  const { type: _, device, ...said } = request;
  const differs = Object.entries(said).filter(([name, value]) => !isDeepStrictEqual(Reflect.get(view, name), value));
  if (differs.length > 0 || device.id !== view.device.id || device.name !== view.device.name)
    throw new Error(`What was signed is not what was asked: ${differs.map(([name]) => name).join(", ") || "device"}.`);
  return { request: request.id, hash, signer, key: kind, refused: await unsigned(sato) };
}

/** The same wish without a signature, with one over other words, and with one of a key that the workstation does not have. */
async function unsigned(sato: Person) {
  const made = await wish(sato, await sampleWith(sato, "tcp"), windowFromNow(0, hourMs));
  const [head = "", payload = "", signature = ""] = made.request.split(".");
  const asked = (await verifyRequest(made.request)).request;
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const before = await pending(sato);
  const send = (request: string) => sato.ask("POST", "/api/requests", { request });
  const refused = {
    noSignature: refusal(await send(`${head}.${payload}.`), "bad-request"),
    algorithmNone: refusal(
      await send(`${encoded({ alg: "none", typ: "genkan/request/v1" })}.${payload}.${signature}`),
      "request-malformed",
    ),
    doctored: refusal(
      await send(`${head}.${encoded({ ...asked, reason: "another reason" })}.${signature}`),
      "request-malformed",
    ),
    otherKey: refusal(await send(await foreignKey().sign(asked)), "request-mismatch"),
  };
  if ((await pending(sato)) !== before) throw new Error("A refused request stands among the others.");
  return refused;
}

async function pending(person: Person): Promise<number> {
  const { requests } = await person.get<{ requests: RequestView[] }>("/api/requests");
  return requests.filter(({ state }) => state === "pending").length;
}
