import type { Context } from "../context.ts";
import { journal } from "../parts/journal.ts";
import { underHostileAuthority } from "../parts/stand-in.ts";
import type { Evidence } from "../result.ts";

/** Whoever holds the authority's keys shows a ticket a second time, and its nonce in a new ticket: both are refused. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  return underHostileAuthority(context, "ssh", async (standIn, { hash, bytes, grant, approvals, asked }) => {
    const signed = approvals.map((approval) => approval.signed);
    const of = {
      grant: hash,
      agent: grant.agent.key,
      service: grant.services[0]?.id ?? ("svc_" as const),
      nonce: await standIn.nonce(),
    };
    const ticket = await standIn.ticket(of);
    const first = await standIn.admit(ticket, asked.statement, bytes, signed);
    if ("refused" in first) throw new Error(`The first use was refused: ${first.refused}`);
    const again = await standIn.admit(ticket, asked.statement, bytes, signed);
    const nonceAgain = await standIn.admit(await standIn.ticket(of), asked.statement, bytes, signed);
    for (const answer of [again, nonceAgain])
      if (!("refused" in answer) || answer.refused !== "ticket-replayed")
        throw new Error(`A replay was answered with ${JSON.stringify(answer)}.`);
    const { payload } = JSON.parse(`{"payload":${Buffer.from(ticket.split(".")[1] ?? "", "base64url").toString()}}`);
    await standIn.cut(payload.session);
    const told = journal(world).filter((line) => line.code === "ticket-replayed");
    if (told.length < 2) throw new Error("The agent's journal does not tell both.");
    return { first: "admitted", again, nonceAgain, journal: told.length };
  });
}
