import type { Id } from "../../../protocol/make-id.ts";
import { findGrant } from "../../../store/grant.ts";
import { Scope } from "../../../store/scope.ts";
import type { Context } from "../context.ts";
import { foreignKey } from "../parts/foreign-key.ts";
import { journal } from "../parts/journal.ts";
import { underHostileAuthority } from "../parts/stand-in.ts";
import type { Evidence } from "../result.ts";

/**
 * Whoever holds the authority's keys shows a grant that is approved, beside a request that it does not follow from: another
 * one of the same workstation, and the same words signed by a key of the attacker's. The agent opens nothing.
 */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const told = () => journal(world).filter((line) => line.code === "request-mismatch").length;
  const before = told();
  return underHostileAuthority(context, "ssh", async (standIn, { hash, bytes, grant, approvals, asked }) => {
    const other = await findGrant(standIn.context.store.db, Scope.system(), context.grant("tcp").id);
    if (!other) throw new Error("The database has no other grant.");
    const show = async (request: string) => {
      const ticket = await standIn.ticket({
        grant: hash,
        agent: grant.agent.key,
        service: grant.services[0]?.id ?? "svc_",
        nonce: await standIn.nonce(),
      });
      const signed = approvals.map((approval) => approval.signed);
      return { ticket, answer: await standIn.admit(ticket, request, bytes, signed) };
    };
    const refused = async (request: string) => {
      const { answer } = await show(request);
      if (!("refused" in answer) || answer.refused !== "request-mismatch")
        throw new Error(`A grant that does not follow from its request was answered with ${JSON.stringify(answer)}.`);
      return answer.refused;
    };
    const answers = {
      anotherRequest: await refused(other.asked.statement),
      anotherKey: await refused(await foreignKey().sign(asked.request)),
      anotherDevice: await refused(await foreignKey().sign({ ...asked.request, device: other.asked.request.device })),
    };
    if (told() - before !== 3) throw new Error(`The agent's journal tells ${told() - before} refusals, not 3.`);
    const { ticket, answer } = await show(asked.statement);
    if ("refused" in answer) throw new Error(`With its own request the grant was refused: ${answer.refused}`);
    const said = JSON.parse(Buffer.from(ticket.split(".")[1] ?? "", "base64url").toString()) as {
      session: Id<"session">;
    };
    await standIn.cut(said.session);
    return { ...answers, ownRequest: "admitted", journal: 3 };
  });
}
