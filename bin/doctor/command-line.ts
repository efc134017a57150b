import { readBody, send } from "../../cli/http.ts";
import type { Cli } from "../../cli/verb.ts";
import { originOf } from "../../cli/verb.ts";
import { limits } from "../../protocol/limits.ts";
import { type Finding, found } from "./finding.ts";
import { checkName, compareClocks } from "./host-checks.ts";

/** What the command line needs: a server that it knows, that answers, and whose clock is like this computer's. */
export async function commandLineChecks(cli: Cli): Promise<Finding[]> {
  let origin: string;
  try {
    origin = originOf(cli);
  } catch {
    return [found("warn", "signed-out")];
  }
  const url = new URL("/", origin);
  const names = url.hostname.endsWith(".localhost") ? [] : await checkName(url.hostname);
  try {
    const ca = cli.folder.profile().origins[origin]?.ca ?? null;
    const answer = await send({ method: "GET", url, headers: {}, ca, timeoutMs: limits.doctorReachMs });
    await readBody(answer).catch(() => null);
    const clock = compareClocks(origin, answer.headers.date ?? null, new Date(cli.now()));
    return [...names, found("ok", "server", { origin }), clock];
  } catch (error) {
    return [...names, found("fail", "server-away", { origin, why: (error as Error).message })];
  }
}
