#!/usr/bin/env node
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { Agent } from "../agent/agent.ts";
import { DeviceCertificates } from "../agent/device-certificates.ts";
import { addGateway, joinSite, readJoined } from "../agent/joined.ts";
import { Journal } from "../agent/journal.ts";
import { acceptProposed, readPinned, readProposed, summaryOf } from "../agent/trust.ts";
import { fingerprint, parseFingerprint, parseHash } from "../crypto/thumbprint.ts";
import { CertificateFile } from "../link/certificate-file.ts";
import type { Pin } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import { readId } from "../protocol/read-id.ts";
import { parseHostPort } from "./address.ts";
import { type AgentDoctor, agentChecks } from "./doctor/agent.ts";
import { doctorOptions, examine } from "./doctor/verb.ts";
import { watchAgent } from "./health/agent-watch.ts";
import { type MetricsOptions, metricsOptions, parseMetrics } from "./health/metrics-option.ts";
import { serveMetrics } from "./health/metrics-server.ts";
import { openEvents, openProgramLog } from "./output.ts";
import { parseWithSettings } from "./settings.ts";
import { versionLine } from "./version.ts";

const log = openProgramLog("agent");
const program = new Command("genkan-agent")
  .description("Serves maintenance sessions beside the devices. It dials out only.")
  .version(versionLine("genkan-agent"))
  .showHelpAfterError();

interface JoinArguments {
  data: string;
  gateway: string;
  gatewayKey: Pin;
  authorityKey: Pin;
  token: string;
  name: string;
  json?: true;
}

program
  .command("join")
  .description("join a site with the command that its staff page shows; makes this agent's key here")
  .requiredOption("--data <dir>", "folder that keeps the agent's key and list of approvers")
  .requiredOption("--gateway <host:port>", "gateway to dial")
  .requiredOption("--gateway-key <SHA256:...>", "fingerprint of the gateway's key")
  .requiredOption("--authority-key <SHA256:...>", "fingerprint of the authority's key")
  .requiredOption("--token <token>", "one-time join token")
  .requiredOption("--name <name>", "what people call this agent")
  .option("--json", "print one JSON line")
  .action(async (o: JoinArguments) => {
    mkdirSync(o.data, { recursive: true, mode: 0o700 });
    const { agent, site, programKey } = await joinSite({
      folder: o.data,
      gateway: { ...parseGateway(o.gateway), key: parseFingerprint(o.gatewayKey) },
      authorityKey: parseFingerprint(o.authorityKey),
      token: o.token,
      name: o.name,
      log,
    });
    print(o.json, { agent, site, key: fingerprint(programKey.pin) }, [
      `Joined ${site.name} as ${o.name} (${agent}).`,
      `This agent's key: ${fingerprint(programKey.pin)}`,
    ]);
  });

doctorOptions(program.command("doctor").description("look at what it needs, and say what to do"))
  .requiredOption("--data <dir>", "folder of a joined agent")
  .option("--allow <file>", "its allow-list")
  .option("--certificate <file...>", "PEM certificates whose end is looked at")
  .action((o: AgentDoctor & { json?: true }) =>
    examine(
      "genkan-agent",
      o,
      agentChecks(o, () => new Date()),
    ),
  );

metricsOptions(program.command("run"))
  .description("serve sessions; prints one JSON line for each noteworthy event")
  .requiredOption("--data <dir>", "folder of a joined agent")
  .requiredOption("--allow <file>", "allow-list: the addresses and ports that this agent may dial")
  .option("--access-cert <file>", "PEM certificate of the access hosts, for browsers on other machines")
  .option("--access-key <file>", "its private key, PEM")
  .option("--json", "accepted for symmetry: events are JSON always")
  .action(async (o: { data: string; allow: string; accessCert?: string; accessKey?: string } & MetricsOptions) => {
    if ((o.accessCert === undefined) !== (o.accessKey === undefined))
      throw new GenkanError("bad-request", "--access-cert and --access-key belong together.");
    const metricsAt = parseMetrics(o);
    const certificate =
      o.accessCert !== undefined && o.accessKey !== undefined
        ? new CertificateFile({ cert: o.accessCert, key: o.accessKey }, log)
        : undefined;
    const now = () => new Date();
    const agent = new Agent({
      folder: o.data,
      joined: readJoined(o.data),
      allow: o.allow,
      log,
      ...(certificate ? { certificate } : {}),
      emit: openEvents(),
      now,
      monotonic: () => performance.now(),
    });
    const watched = watchAgent({ agent, data: o.data, certificate, now, log });
    const metrics = metricsAt ? await serveMetrics(metricsAt, watched) : null;
    let stopping = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (stopping) return;
        stopping = true;
        log.info({ event: "agent.stops", signal }, "agent stops");
        metrics?.close();
        void agent.stop().finally(() => process.exit(0));
      });
    }
  });

program
  .command("gateway")
  .description("gateways that this agent dials")
  .command("add")
  .description("name one more, or say where it is now; the agent takes it up when it is started again")
  .requiredOption("--data <dir>", "folder of a joined agent")
  .requiredOption("--gateway <host:port>", "gateway to dial")
  .requiredOption("--gateway-key <SHA256:...>", "fingerprint of the gateway's key")
  .option("--json", "print one JSON line")
  .action((o: Pick<JoinArguments, "data" | "gateway" | "gatewayKey" | "json">) => {
    const gateway = { ...parseGateway(o.gateway), key: parseFingerprint(o.gatewayKey) };
    const gateways = addGateway(o.data, gateway);
    print(
      o.json,
      { gateways },
      gateways.map(({ host, port, key }) => `${host}:${port} ${fingerprint(key)}`),
    );
  });

const trust = program.command("trust").description("whose approvals this agent believes");

trust
  .command("show")
  .description("show the pinned list of approvers and the one that waits to be accepted")
  .requiredOption("--data <dir>", "folder of a joined agent")
  .option("--json", "print one JSON line")
  .action((o: { data: string; json?: true }) => {
    const { site } = readJoined(o.data);
    const pinned = readPinned(o.data, site.id);
    const proposed = readProposed(o.data, site.id);
    const facts = { pinned: pinned ? summaryOf(pinned) : null, proposed: proposed ? summaryOf(proposed) : null };
    print(o.json, facts, [...linesOf("pinned", facts.pinned), ...linesOf("waits to be accepted", facts.proposed)]);
  });

trust
  .command("add")
  .description(
    "accept the list of approvers that waits, after comparing its fingerprint with the one on the staff page",
  )
  .requiredOption("--data <dir>", "folder of a joined agent")
  .requiredOption("--fingerprint <SHA256:...>", "as the staff page shows it")
  .option("--yes", "do not ask")
  .option("--json", "print one JSON line")
  .action(async (o: { data: string; fingerprint: string; yes?: true; json?: true }) => {
    const { site } = readJoined(o.data);
    const hash = parseHash(o.fingerprint);
    const proposed = readProposed(o.data, site.id);
    if (proposed?.hash === hash && !o.yes) {
      const asked = linesOf("will be believed", summaryOf(proposed)).join("\n");
      if (!(await confirm(`${asked}\nAccept these persons' approvals? [y/N] `))) {
        throw new GenkanError("state-conflict", "Nothing was changed.");
      }
    }
    const facts = summaryOf(acceptProposed(o.data, site.id, hash));
    print(o.json, facts, linesOf("pinned", facts));
  });

const certificate = program.command("certificate").description("certificates of devices that speak TLS");

certificate
  .command("show")
  .description("show the accepted certificate of each device service, and one that waits to be accepted")
  .requiredOption("--data <dir>", "folder of a joined agent")
  .option("--json", "print one JSON line")
  .action((o: { data: string; json?: true }) => {
    const certificates = new DeviceCertificates(o.data, () => new Date()).list();
    const lines = certificates.flatMap(({ service, name, accepted, waiting }) => [
      `${service}: ${JSON.stringify(name)}`,
      `  accepted: ${fingerprint(accepted.certificate)} (${accepted.by}, ${accepted.at})`,
      ...(waiting ? [`  waits to be accepted: ${fingerprint(waiting.certificate)} (seen ${waiting.at})`] : []),
    ]);
    print(o.json, { certificates }, lines.length > 0 ? lines : ["none yet"]);
  });

certificate
  .command("accept")
  .description("accept the certificate that a device shows now, after comparing its fingerprint at the device itself")
  .requiredOption("--data <dir>", "folder of a joined agent")
  .requiredOption("--service <id>", "the device's service, as genkan-agent certificate show names it")
  .requiredOption("--fingerprint <SHA256:...>", "SHA-256 of the certificate (DER), base64url")
  .option("--json", "print one JSON line")
  .action((o: { data: string; service: string; fingerprint: string; json?: true }) => {
    const now = () => new Date();
    const accepted = parseHash(o.fingerprint);
    const journal = new Journal({ path: join(o.data, "journal.jsonl"), now, log });
    const service = readId("service", o.service);
    const entry = { event: "certificate", session: null, service, seen: "accepted" } as const;
    try {
      const certificates = new DeviceCertificates(o.data, now);
      // Written first: what is accepted and noted nowhere would be nobody's act.
      certificates.requireWaiting(service, accepted);
      if (!journal.write({ ...entry, fingerprint: o.fingerprint })) throw new GenkanError("recorder-unavailable");
      const { name } = certificates.accept(service, accepted);
      print(o.json, { service: o.service, name, fingerprint: o.fingerprint }, [
        `Accepted for ${JSON.stringify(name)}: ${o.fingerprint}. Sessions opened from now on take it; the log names it then.`,
      ]);
    } finally {
      journal.close();
    }
  });

type Summary = ReturnType<typeof summaryOf>;

function linesOf(what: string, summary: Summary | null): string[] {
  if (!summary) return [`${what}: none`];
  const head = `${what}: version ${summary.version}, ${summary.fingerprint}`;
  return [head, ...summary.approvers.map((name) => `  ${JSON.stringify(name)}`)];
}

function print(json: true | undefined, facts: object, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(facts)}\n` : `${lines.join("\n")}\n`);
}

async function confirm(question: string): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  // Where nobody can answer, input ends at once, and that is a no.
  const nobody = new Promise<string>((resolve) => asking.once("close", () => resolve("")));
  try {
    return /^y(es)?$/i.test((await Promise.race([asking.question(question), nobody])).trim());
  } finally {
    asking.close();
  }
}

const parseGateway = (text: string) => parseHostPort(text, "--gateway looks like gateway.example.org:443.");

parseWithSettings(program).catch((error: unknown) => {
  process.stderr.write(`genkan-agent: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
