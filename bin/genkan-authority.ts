#!/usr/bin/env node
import { Command } from "commander";
import { joinCommand } from "../authority/agent.ts";
import { host } from "../authority/caller.ts";
import { enrolmentLink } from "../authority/enrolment.ts";
import { addGateway } from "../authority/gateway.ts";
import { readHosts } from "../authority/hosts.ts";
import { changeRules } from "../authority/site-rules.ts";
import { parseFingerprint } from "../crypto/thumbprint.ts";
import { GenkanError } from "../protocol/error.ts";
import { Scope } from "../store/scope.ts";
import { listSites } from "../store/site.ts";
import { parseHostPort } from "./address.ts";
import { addAgentVerbs } from "./authority/agent-verbs.ts";
import { addBackupVerbs } from "./authority/backup-verbs.ts";
import { type Certificates, pathsOf } from "./authority/certificate-option.ts";
import { addContractVerbs } from "./authority/contract-verbs.ts";
import { addDeviceVerbs } from "./authority/device-verbs.ts";
import { addDoctorVerb } from "./authority/doctor-verb.ts";
import { addIdentityVerbs } from "./authority/identity-verbs.ts";
import { addInitVerbs } from "./authority/init-verbs.ts";
import { addLockVerbs } from "./authority/lock-verbs.ts";
import { addLogVerbs } from "./authority/log-verbs.ts";
import { type OpenOptions, openStore } from "./authority/open.ts";
import { addOriginVerbs } from "./authority/origin-verbs.ts";
import { addPasskeyVerbs } from "./authority/passkey-verbs.ts";
import { addPersonVerbs } from "./authority/person-verbs.ts";
import { pick } from "./authority/pick.ts";
import { addProviderVerbs } from "./authority/provider-verbs.ts";
import { parseRequirements } from "./authority/requirement-option.ts";
import { runAuthority } from "./authority/run.ts";
import { addSampleDevices } from "./authority/sample.ts";
import { addVendorVerbs } from "./authority/vendor-verbs.ts";
import { type MetricsOptions, metricsOptions, parseMetrics } from "./health/metrics-option.ts";
import { sayListenError } from "./listen-error.ts";
import { openEvents, openProgramLog } from "./output.ts";
import { parseWithSettings } from "./settings.ts";
import { versionLine } from "./version.ts";

const program = new Command("genkan-authority")
  .description("Decides who may reach which device, and proves afterwards what was decided.")
  .version(versionLine("genkan-authority"))
  .showHelpAfterError();

interface Common extends OpenOptions {
  json?: true;
}

/** Where the store is, and how its processes tell each other that something changed: the same for every command. */
function storeOptions(command: Command): Command {
  return command
    .requiredOption("--data <dir>", "the authority's folder")
    .requiredOption("--master-key <file>", "file that seals the authority's keys; it lies outside the folder")
    .option("--store <url>", "sqlite (a file in the folder), or postgres://USER@HOST/DATABASE without a password")
    .option("--store-url-file <file>", "file that holds a postgres URL with its password")
    .option("--bus <bus>", "in-process, or redis", "in-process")
    .option("--bus-url-file <file>", "file that holds the redis URL");
}

/** A command over the store: opens it, prints what the work returns, closes it. */
function verb(parent: Command, name: string, description: string, o: { isDefault?: true } = {}): Command {
  return storeOptions(parent.command(name, o).description(description)).option("--json", "print one JSON line");
}

function print(o: Common, facts: Record<string, unknown>): void {
  if (o.json) process.stdout.write(`${JSON.stringify(facts)}\n`);
  else for (const [key, value] of Object.entries(facts)) process.stdout.write(`${key}: ${String(value)}\n`);
}

addInitVerbs<Common>(program, verb, print);

const gateway = program.command("gateway").description("gateways that the authority dials");
verb(gateway, "add", "add a gateway, or say where it is now")
  .requiredOption("--name <name>", "name")
  .requiredOption("--address <host:port>", "where clients, agents and the authority reach it")
  .requiredOption("--key <SHA256:...>", "its fingerprint, from genkan-gateway init")
  .action(async (o: Common & { name: string; address: string; key: string }) => {
    const { store } = await openStore(o, null);
    const row = { name: o.name, ...parseAddress(o.address), key: parseFingerprint(o.key) };
    const id = await addGateway(store, row, new Date(), host);
    print(o, { gateway: id });
    await store.close();
  });

const agent = program.command("agent").description("agents beside the devices");
verb(agent, "token", "make a one-time token, and the command that joins an agent with it")
  .option("--site <id>", "site, or first", "first")
  .option("--name <name>", "what people will call the agent", "NAME")
  .action(async (o: Common & { site: string; name: string }) => {
    const { store, keys } = await openStore(o, null);
    const site = (await pick(listSites(store.db, Scope.system()), o.site, "site")).id;
    const joined = await joinCommand({ store, keys }, site, new Date(), host);
    print(o, { ...joined, command: joined.command.replace(/NAME$/, o.name) });
    await store.close();
  });

addAgentVerbs<Common>(agent, verb, print);

verb(program, "enrolment", "make a one-time link with which a person enrols")
  .argument("<login>", "name under which the person is known")
  .action(async (login: string, o: Common) => {
    const { store } = await openStore(o, null);
    const hosts = await readHosts(store.db);
    if (!hosts) throw new GenkanError("bad-request", "Run genkan-authority init first.");
    const link = await enrolmentLink(store, hosts, login, new Date());
    print(o, link ? { ...link, login } : { enrolled: true, login });
    await store.close();
  });

const person = program.command("person").description("people, who enrol by a one-time link");
addPersonVerbs<Common>(person, verb, print);
addPasskeyVerbs<Common>(program, verb, print);
addIdentityVerbs<Common>(program, verb, print);
addProviderVerbs<Common>(program, verb, print);

verb(
  program,
  "approvers",
  "propose a list of approvers with other requirements; those in force sign it on the staff page",
)
  .option("--site <id>", "site, or first", "first")
  .requiredOption("--require <role:persons,...>", "who must approve a request, such as approver:1,officer:1")
  .option("--emergency <role:persons,...>", "who must approve in an emergency; the same unless told")
  .action(async (o: Common & { site: string; require: string; emergency?: string }) => {
    const rules = { normal: parseRequirements(o.require), emergency: parseRequirements(o.emergency ?? o.require) };
    const { store } = await openStore(o, null);
    const site = (await pick(listSites(store.db, Scope.system()), o.site, "site")).id;
    await changeRules(store, host, { site, rules }, new Date());
    print(o, { site, rules: JSON.stringify(rules) });
    await store.close();
  });

addOriginVerbs<Common>(program, verb, print);
addLogVerbs<Common>(program, verb, print);
addLockVerbs<Common>(program, verb, print);
addBackupVerbs<Common>(program, verb, print);
addContractVerbs<Common>(program, verb, print);
addVendorVerbs<Common>(program, verb, print);

addDeviceVerbs<Common>(program, verb, print);

verb(program, "sample", "add the sample hospital's devices behind its agent, those that are not there yet")
  .requiredOption("--addresses <list>", "nurseCall=ADDRESS:PORT,vitalMonitor=…,infusionPump=…")
  .action(async (o: Common & { addresses: string }) => {
    const { store } = await openStore(o, null);
    print(o, { devices: await addSampleDevices(store, o.addresses) });
    await store.close();
  });

addDoctorVerb(program, storeOptions);

metricsOptions(storeOptions(program.command("run").description("decide")))
  .requiredOption("--staff-listen <host:port>", "where the hospital's own pages are served")
  .option("--portal-cert <file>", "PEM certificate of the portal's host")
  .option("--portal-key <file>", "its private key, PEM")
  .option("--staff-cert <file>", "PEM certificate of the staff host")
  .option("--staff-key <file>", "its private key, PEM")
  .option("--downloads <dir>", "folder of the command lines that the portal offers, as npm run package names them")
  .action(async (o: Common & { staffListen: string } & Certificates & MetricsOptions) => {
    const log = openProgramLog("authority");
    const tell = openEvents();
    const certificates = {
      portal: pathsOf("portal", o.portalCert, o.portalKey),
      staff: pathsOf("staff", o.staffCert, o.staffKey),
    };
    const options = { ...o, staffListen: parseAddress(o.staffListen), certificates, metrics: parseMetrics(o) };
    const running = await runAuthority(options, log, tell).catch((error: unknown) => {
      throw sayListenError(error, o.staffListen, "--staff-listen");
    });
    log.info({ event: "authority.listens", port: running.staffPort }, "authority listens");
    tell({ event: "listening", staffPort: running.staffPort, metricsPort: running.metricsPort });
    let stopping = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.on(signal, () => {
        if (stopping) return;
        stopping = true;
        log.info({ event: "authority.stops", signal }, "authority stops");
        void running.close().finally(() => process.exit(0));
      });
  });

const parseAddress = (text: string) => parseHostPort(text, `${text} is not HOST:PORT.`);

parseWithSettings(program).catch((error: unknown) => {
  const detail = error instanceof GenkanError ? error.detail : undefined;
  process.stderr.write(`genkan-authority: ${detail ?? (error instanceof Error ? error.message : String(error))}\n`);
  process.exit(1);
});
