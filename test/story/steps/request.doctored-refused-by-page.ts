import type { Static } from "typebox";
import { statementHash } from "../../../crypto/statement.ts";
import type { ApprovalBegin } from "../../../protocol/api/approval.ts";
import type { ApprovalGround } from "../../../protocol/api/approval-ground.ts";
import type { AuditPage } from "../../../protocol/api/audit.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { Grant } from "../../../protocol/grant.ts";
import type { ApprovalStatement } from "../../../protocol/statement.ts";
import type { Context } from "../context.ts";
import { foreignKey } from "../parts/foreign-key.ts";
import { pressApprove } from "../parts/pages.ts";
import type { Person } from "../parts/person.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

type Begun = Static<typeof ApprovalBegin.reply>;

/** What a doctored authority answers to the page, and what the page must find wrong in it. */
interface Doctored {
  readonly name: string;
  readonly fault: string;
  readonly grant?: Partial<Grant>;
  readonly ground?: Partial<ApprovalGround>;
}

/**
 * The authority answers with a grant for something else than what the workstation signed, right in every hash. The approver's
 * page says so, asks for no passkey, and the log tells it.
 */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const [tanaka, yamada] = [context.person("tanaka"), context.person("yamada")];
  const { id, windows } = context.request("web");
  const path = `/api/requests/${id}`;
  const ground = await tanaka.get<ApprovalGround>(`${path}/ground`);
  const begun = await tanaka.post<Begun>(`${path}/approval/begin`, { windows });
  const refused: Record<string, string[]> = {};
  const usedBefore = await tanaka.passkeyUses();
  for (const one of await doctorings(read<Grant>(begun.grant), ground, context.request("ssh"))) {
    await tanaka.page.route(`**${path}/ground`, (route) => route.fulfill({ json: { ...ground, ...one.ground } }));
    await tanaka.page.route(`**${path}/approval/begin`, (route) => route.fulfill({ json: doctor(begun, one.grant) }));
    await tanaka.page.goto(`${world.addresses.staffOrigin}/requests/${id}`);
    await pressApprove(tanaka);
    await says(tanaka, one);
    await tanaka.page.unrouteAll();
    refused[one.name] = await until(`record of ${one.name}`, 10_000, async () => {
      const told = await mismatches(yamada, id);
      return told.length > Object.keys(refused).length && told[0];
    });
    if (!refused[one.name]?.includes(one.fault))
      throw new Error(`${one.name}: the log tells ${refused[one.name]?.join(", ")}, not ${one.fault}.`);
  }
  if ((await tanaka.passkeyUses()) !== usedBefore) throw new Error("The page let the passkey sign.");
  const { state, grant } = await tanaka.get<RequestView>(path);
  if (state !== "pending" || grant !== null) throw new Error(`The request is ${state}.`);
  await tanaka.page.goto(world.addresses.staffOrigin);
  return { refused, passkeyUses: 0, state };
}

async function doctorings(grant: Grant, ground: ApprovalGround, other: RequestView): Promise<readonly Doctored[]> {
  const attacker = foreignKey();
  const workstation = { ...grant.workstation, thumbprints: [attacker.thumbprint] };
  const services = grant.services.map((service) => ({ ...service, address: "192.0.2.1" }));
  const keys = ground.keys.map((key) => ({ ...key, thumbprint: attacker.thumbprint, approvals: 9 }));
  return [
    { name: "another workstation's key", fault: "workstation", grant: { workstation } },
    { name: "that key shown as a known one", fault: "keys", grant: { workstation }, ground: { keys } },
    {
      name: "another device",
      fault: "device",
      grant: { device: { id: other.device.id, name: other.device.name } },
    },
    { name: "another address of the service", fault: "services", grant: { services } },
    {
      name: "a request that the workstation did not sign",
      fault: "signer",
      ground: { statement: await attacker.sign(JSON.parse(payloadOf(ground.statement))) },
    },
  ];
}

/** The same answer for another grant: whoever has the authority makes every hash of it right. */
function doctor(begun: Begun, change: Partial<Grant> = {}): Begun {
  const grant = Buffer.from(JSON.stringify({ ...read<Grant>(begun.grant), ...change }));
  const grantHash = statementHash("genkan/grant/v1", grant);
  const statement = Buffer.from(
    JSON.stringify({ ...read<ApprovalStatement>(begun.statement), grants: [grantHash] } satisfies ApprovalStatement),
  );
  return {
    ...begun,
    grant: grant.toString("base64url"),
    grantHash,
    statement: statement.toString("base64url"),
    options: { ...begun.options, challenge: statementHash("genkan/approval/v1", statement) },
  };
}

/** Where the approver reads it. */
async function says(approver: Person, { fault }: Doctored): Promise<void> {
  const alert = approver.page.getByRole("alert").filter({ hasText: approver.text("approval.mismatch") });
  await alert.getByText(approver.text(`approval.fault.${fault}`), { exact: true }).waitFor();
  await alert.getByText(approver.text("approval.mismatchHelp"), { exact: true }).waitFor();
}

/** What the log tells of pages that refused to sign for this request, newest first. */
async function mismatches(officer: Person, request: string): Promise<string[][]> {
  const { records } = await officer.get<Static<typeof AuditPage>>(
    `/api/audit?action=request.mismatch&subject=${request}`,
  );
  return records.map(({ body }) => (body?.facts as { faults?: string[] } | undefined)?.faults ?? []);
}

const read = <T>(bytes: string) => JSON.parse(Buffer.from(bytes, "base64url").toString("utf8")) as T;

const payloadOf = (jws: string) => Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8");
