import { join } from "node:path";
import { run } from "../../run/command.ts";
import { askAll } from "./ask.ts";
import { knockAll } from "./knock.ts";
import { scanTcp, scanUdp } from "./scan.ts";
import { shownCertificate } from "./shown-certificate.ts";

/** What somebody at a computer of a zone can try. Each takes and gives plain JSON. */
export const probes = { askAll, knockAll, scanTcp, scanUdp, shownCertificate } as const;

export type ProbeName = keyof typeof probes;
export type Order<N extends ProbeName> = Parameters<(typeof probes)[N]>[0];
export type Found<N extends ProbeName> = Awaited<ReturnType<(typeof probes)[N]>>;

/** Tries it by a process that `launch` puts into its place. */
export async function probe<N extends ProbeName>(
  launch: readonly string[],
  name: N,
  order: Order<N>,
): Promise<Found<N>> {
  const script = join(import.meta.dirname, "probe-child.ts");
  const [command, ...before] = [...launch, process.execPath];
  let answer = "";
  const { code, output } = await run(command, [...before, script, name], {
    input: JSON.stringify(order),
    onLine: (line) => (answer = line),
  });
  if (code !== 0) throw new Error(`The probe ${name} exited ${code}: ${output.trim()}`);
  return JSON.parse(answer) as Found<N>;
}
