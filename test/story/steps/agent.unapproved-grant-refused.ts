import { statementHash } from "../../../crypto/statement.ts";
import type { Grant } from "../../../protocol/grant.ts";
import type { ApprovalStatement, SignedByPasskey } from "../../../protocol/statement.ts";
import { asHash } from "../../brand.ts";
import { Passkey } from "../../passkey.ts";
import type { Context } from "../context.ts";
import { journal } from "../parts/journal.ts";
import { underHostileAuthority } from "../parts/stand-in.ts";
import type { Evidence } from "../result.ts";

/**
 * Whoever holds the authority's keys and its database makes grants that nobody approved: without an approval, wider than
 * the approved one, and with one signed by a passkey of the attacker's own. The agent opens none of them.
 */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const before = journal(world).filter((line) => line.code === "approval-missing").length;
  return underHostileAuthority(context, "ssh", async (standIn, stored) => {
    const approved = stored.approvals.map((approval) => approval.signed);
    const longer: Grant = {
      ...stored.grant,
      windows: [
        { start: new Date(Date.now() - 60_000).toISOString(), end: new Date(Date.now() + 86_400_000).toISOString() },
      ],
    };
    const show = async (grant: Grant, approvals: (hash: string) => readonly SignedByPasskey[]) => {
      const bytes = Buffer.from(JSON.stringify(grant));
      const hash = statementHash("genkan/grant/v1", bytes);
      const service = grant.services[0]?.id ?? ("svc_" as const);
      const ticket = await standIn.ticket({
        grant: hash,
        agent: grant.agent.key,
        service,
        nonce: await standIn.nonce(),
      });
      const answer = await standIn.admit(ticket, stored.asked.statement, bytes.toString("base64url"), approvals(hash));
      if (!("refused" in answer) || answer.refused !== "approval-missing")
        throw new Error(`An unapproved grant was answered with ${JSON.stringify(answer)}.`);
      return answer.refused;
    };
    const refused = {
      withoutApproval: await show(stored.grant, () => []),
      widerThanApproved: await show(longer, () => approved),
      ownPasskey: await show(longer, (hash) => [forged(approved[0], hash, standIn.context.hosts.staff)]),
    };
    const told = journal(world).filter((line) => line.code === "approval-missing").length - before;
    if (told !== 3) throw new Error(`The agent's journal tells ${told} refusals, not 3.`);
    return { ...refused, journal: told };
  });
}

/** An approval in the real approver's name, signed by a key that no list of approvers knows. */
function forged(real: SignedByPasskey | undefined, grant: string, origin: string): SignedByPasskey {
  if (!real) throw new Error("The grant has no approval to imitate.");
  const statement: ApprovalStatement = {
    ...(JSON.parse(Buffer.from(real.statement, "base64url").toString()) as ApprovalStatement),
    grants: [asHash(grant)],
  };
  const bytes = Buffer.from(JSON.stringify(statement));
  const passkey = new Passkey(statement.rp, origin);
  return {
    statement: bytes.toString("base64url"),
    credential: real.credential,
    ...passkey.sign(statementHash("genkan/approval/v1", bytes)),
  };
}
