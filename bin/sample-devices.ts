#!/usr/bin/env node
import { Command } from "commander";
import { startInfusionPump } from "../sample/infusion-pump.ts";
import { startNurseCall } from "../sample/nurse-call.ts";
import { startVitalMonitor } from "../sample/vital-monitor.ts";

const program = new Command("sample-devices")
  .description(
    "Three devices for demonstrations: a nurse-call page, a vital monitor's shell, an infusion pump's line protocol.",
  )
  .requiredOption("--data <dir>", "folder that keeps the monitor's host key")
  .option("--host <address>", "address on which they listen", "127.0.0.1")
  .option("--ports <p1,p2,p3>", "ports in that order; 0 lets the system choose", "0,0,0")
  .option("--password <text>", "of the monitor's account `service`", "service")
  .action(async (o: { data: string; host: string; ports: string; password: string }) => {
    const { host } = o;
    const [first, second, third] = parsePorts(o.ports);
    const nurseCall = await startNurseCall({ host, port: first });
    const vitalMonitor = await startVitalMonitor({ host, port: second, folder: o.data, password: o.password });
    const infusionPump = await startInfusionPump({ host, port: third });
    const listening = {
      event: "listening",
      nurseCall: nurseCall.port,
      vitalMonitor: vitalMonitor.port,
      infusionPump: infusionPump.port,
    };
    process.stdout.write(`${JSON.stringify(listening)}\n`);
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));
  });

function parsePorts(text: string): [number, number, number] {
  const [first, second, third, ...more] = text.split(",").map(Number);
  const valid = (port: number | undefined): port is number =>
    Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65_535;
  if (!valid(first) || !valid(second) || !valid(third) || more.length > 0) {
    throw new RangeError("--ports looks like 8081,8022,8023.");
  }
  return [first, second, third];
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`sample-devices: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
