import type { Context } from "../context.ts";
import { admit, refusal } from "../parts/session.ts";
import type { Evidence } from "../result.ts";

/** A grant for one device opens no service of another; what is not one's own to see does not exist. */
export async function run(context: Context): Promise<Evidence> {
  const [sato, tanaka] = [context.person("sato"), context.person("tanaka")];
  const [mine, others] = [context.grant("web"), context.grant("tcp")];
  const foreign = await admit(sato, mine, others.services[0]);
  const borrowed = await tanaka.ask("POST", "/api/sessions", {
    grant: mine.id,
    service: mine.services[0]?.id,
    client: "browser",
    clientKey: null,
  });
  const terminal = await context.terminal("sato").run("connect", "電子カルテ", "HTTP");
  if (terminal.code === 0) throw new Error("genkan connected to a device without a grant.");
  return {
    otherService: refusal(foreign, "denied", "service-not-granted"),
    otherPerson: { status: borrowed.status, code: (borrowed.body as { code?: string } | null)?.code },
    terminal: terminal.facts.at(-1)?.error,
  };
}
