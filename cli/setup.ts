import { ChecklistView } from "../protocol/api/checklist.ts";
import { ReachTested, ServiceList } from "../protocol/api/service.ts";
import { exitCodes } from "./exit-code.ts";
import { chooseNamed } from "./name.ts";
import { type Cli, signedIn } from "./verb.ts";

/** `genkan checklist`: how far the installation has come, and what to do now. Fails until all of it is done. */
export async function checklist(cli: Cli): Promise<number> {
  const { terminal } = cli;
  const { checklistReasons, checklistSteps } = terminal.codes;
  const list = await signedIn(cli).get("/api/checklist", ChecklistView);
  terminal.result(
    { ...list },
    list.steps.flatMap(({ step, why, about, command }) => [
      `${why === null ? "✓" : "○"} ${checklistSteps[step]}${about.length > 0 ? ` (${about.join(", ")})` : ""}`,
      ...(why === null ? [] : [`    ${checklistReasons[why]}`]),
      ...(command === null ? [] : [`    $ ${command}`]),
    ]),
  );
  return list.done ? exitCodes.done : exitCodes.failed;
}

/** `genkan reach DEVICE [SERVICE]`: has its agent try it. Fails unless it is reached. */
export async function reach(cli: Cli, device: string, service: string | undefined): Promise<number> {
  const { terminal } = cli;
  const api = signedIn(cli);
  const { services } = await api.get("/api/services", ServiceList);
  const devices = [...new Map(services.map((one) => [one.device.id, one.device])).values()];
  const chosen = chooseNamed("device", devices, device, ({ id, name }) => ({ id, names: [name] }));
  const of = services.filter((one) => one.device.id === chosen.id);
  const tested =
    service === undefined
      ? of
      : [chooseNamed("service", of, service, ({ id, name, protocol }) => ({ id, names: [name], words: [protocol] }))];
  let open = true;
  for (const { id, name, address, port } of tested) {
    const found = await api.post(`/api/services/${encodeURIComponent(id)}/reach-test`, {}, ReachTested);
    terminal.result({ ...found }, [`${name} ${address}:${port}: ${terminal.codes.reaches[found.reach]}`]);
    open &&= found.reach === "open";
  }
  return open ? exitCodes.done : exitCodes.failed;
}
