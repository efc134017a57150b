#!/usr/bin/env node
import { Command } from "commander";
import { fingerprint, parseFingerprint } from "../crypto/thumbprint.ts";
import { startGateway } from "../gateway/gateway.ts";
import { createKeyFile, readKeyFile } from "../gateway/key-file.ts";
import type { Pin } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import { parseHostPort } from "./address.ts";
import { type GatewayDoctor, gatewayChecks } from "./doctor/gateway.ts";
import { doctorOptions, examine } from "./doctor/verb.ts";
import { watchGateway } from "./health/gateway-watch.ts";
import { type MetricsOptions, metricsOptions, parseMetrics } from "./health/metrics-option.ts";
import { serveMetrics } from "./health/metrics-server.ts";
import { sayListenError } from "./listen-error.ts";
import { openEvents, openProgramLog } from "./output.ts";
import { parseWithSettings } from "./settings.ts";
import { versionLine } from "./version.ts";

const program = new Command("genkan-gateway")
  .description("Carries sessions between the public network and the inside, without seeing into them.")
  .version(versionLine("genkan-gateway"))
  .showHelpAfterError();

program
  .command("init")
  .description("make the gateway's key and print its fingerprint")
  .requiredOption("--data <dir>", "folder that keeps the key")
  .option("--json", "print one JSON line")
  .action(async (o: { data: string; json?: true }) => {
    const { pin } = await createKeyFile(o.data);
    process.stdout.write(o.json ? `${JSON.stringify({ fingerprint: fingerprint(pin) })}\n` : `${fingerprint(pin)}\n`);
  });

doctorOptions(program.command("doctor").description("look at what it needs, and say what to do"))
  .requiredOption("--data <dir>", "folder that keeps the key")
  .option("--listen <host:port>", "where it is to listen")
  .action((o: GatewayDoctor & { json?: true }) =>
    examine(
      "genkan-gateway",
      o,
      gatewayChecks(o, () => new Date()),
    ),
  );

metricsOptions(program.command("run").description("carry"))
  .requiredOption("--data <dir>", "folder that keeps the key")
  .requiredOption(
    "--listen <host:port>",
    "where clients, agents and the authority arrive; port 0 lets the system choose",
  )
  .requiredOption("--authority-key <SHA256:...>", "fingerprint of the only key that may give orders")
  .option("--loopback-http", "route plain HTTP by its Host too, for clients on this machine only (demo)", false)
  .action(async (o: { data: string; listen: string; authorityKey: Pin; loopbackHttp: boolean } & MetricsOptions) => {
    const log = openProgramLog("gateway");
    const metricsAt = parseMetrics(o);
    const gateway = await startGateway({
      config: {
        ...parseListen(o.listen),
        programKey: await readKeyFile(o.data),
        authorityKey: parseFingerprint(o.authorityKey),
        loopbackHttp: o.loopbackHttp,
      },
      log,
      now: () => performance.now(),
    }).catch((error: unknown) => {
      throw sayListenError(error, o.listen, "--listen");
    });
    const metrics = metricsAt ? await serveMetrics(metricsAt, watchGateway(gateway, log)) : null;
    openEvents()({ event: "listening", port: gateway.port, metricsPort: metrics?.port ?? null });
    let stopping = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (stopping) return;
        stopping = true;
        log.info({ event: "gateway.stops", signal }, "gateway stops");
        metrics?.close();
        void gateway.close().finally(() => process.exit(0));
      });
    }
  });

function parseListen(text: string): { listenHost: string; listenPort: number } {
  const { host, port } = parseHostPort(text, "--listen looks like 0.0.0.0:443 or [::]:443.");
  return { listenHost: host, listenPort: port };
}

parseWithSettings(program).catch((error: unknown) => {
  const detail = error instanceof GenkanError ? error.detail : undefined;
  process.stderr.write(`genkan-gateway: ${detail ?? (error instanceof Error ? error.message : String(error))}\n`);
  process.exit(1);
});
