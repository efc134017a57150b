import { Downloads } from "../../api/downloads.ts";
import { buildFace } from "../../api/server.ts";
import { WaitingRoom } from "../../api/waiting-room.ts";
import { agentEvents } from "../../authority/agent-events.ts";
import { AgentLinks } from "../../authority/agent-links.ts";
import { suspendUnattested } from "../../authority/attestation.ts";
import type { Context } from "../../authority/context.ts";
import { gatewayEvents } from "../../authority/gateway-events.ts";
import { GatewayLinks } from "../../authority/gateway-links.ts";
import { faceOrigin, type Hosts, readHosts } from "../../authority/hosts.ts";
import { LeaseRenewal } from "../../authority/lease-renewal.ts";
import { afterRestore } from "../../authority/restored.ts";
import { CertificateFile, type CertificatePaths } from "../../link/certificate-file.ts";
import { GenkanError } from "../../protocol/error.ts";
import type { Face } from "../../protocol/face.ts";
import { limits } from "../../protocol/limits.ts";
import type { ProgramLog } from "../../protocol/program-log.ts";
import { agentsName } from "../../protocol/wire-name.ts";
import { listGateways } from "../../store/gateway.ts";
import { Sequencer } from "../../store/sequencer.ts";
import { countRecords, watchAuthority } from "../health/authority-watch.ts";
import { Figures } from "../health/figures.ts";
import type { MetricsAddress } from "../health/metrics-option.ts";
import { serveMetrics } from "../health/metrics-server.ts";
import { type OpenOptions, openStore } from "./open.ts";
import { pagesFolder } from "./pages-folder.ts";
import { PortalDoor } from "./portal-door.ts";

export interface Running {
  readonly staffPort: number;
  /** Null where none are served. */
  readonly metricsPort: number | null;
  close(): Promise<void>;
}

/** The authority at work: the store, its links, and its two faces. `tell` gets what the launcher waits for. */
export async function runAuthority(
  o: OpenOptions & {
    staffListen: { host: string; port: number };
    /** Folder of the command lines that the portal offers. */
    downloads?: string;
    certificates: Record<Face, CertificatePaths | null>;
    metrics: MetricsAddress | null;
  },
  programLog: ProgramLog,
  tell: (event: object) => void,
): Promise<Running> {
  const { store, keys } = await openStore(o, null, programLog);
  const hosts = await readHosts(store.db);
  if (!hosts) throw new GenkanError("bad-request", "This store has no hosts yet. Run genkan-authority init first.");
  const sequencer = new Sequencer(store, keys.log, programLog);
  const portalHost = new URL(hosts.portal).hostname;
  const agents = new AgentLinks({ programKey: keys.programKey, programLog });
  const gateways = new GatewayLinks({
    programKey: keys.programKey,
    programLog,
    names: new Map([
      [agentsName, (leg, address) => agents.accept(leg, address)],
      [portalHost, (leg, address, gateway) => door.accept(leg, address, gateway)],
    ]),
  });
  const certificates = {
    portal: openCertificate(hosts, "portal", o.certificates.portal, programLog),
    staff: openCertificate(hosts, "staff", o.certificates.staff, programLog),
  };
  const context: Context = {
    store,
    keys,
    hosts,
    certificates: {
      portal: certificates.portal?.certificate ?? null,
      staff: certificates.staff?.certificate ?? null,
    },
    now: () => new Date(),
    programLog,
    agents,
    gateways,
    owedEnds: new Map(),
  };
  const figures = new Figures("authority");
  countRecords(store, figures);
  const leases = new LeaseRenewal(context, undefined, (ms, whole) => {
    figures.observe("genkan_authority_lease_round_seconds", ms / 1_000);
    figures.count("genkan_authority_lease_rounds_total", { outcome: whole ? "done" : "failed" });
    void follow();
  });
  /** Gateways are added, moved and disabled by pages and by commands on this host: each round looks. */
  const follow = async () => {
    try {
      gateways.follow(await listGateways(store.db));
    } catch (error) {
      programLog.warn({ event: "authority.gateways.unread", error: String(error) }, "gateways could not be looked up");
    }
  };
  const downloads = await Downloads.open(o.downloads);
  const shared = { context, downloads, leases, sequencer, scrypt: WaitingRoom.ofPasswords(), pages: pagesFolder() };
  const portal = await buildFace({ ...shared, face: "portal" });
  const door = new PortalDoor(portal.server, portalHost, certificates.portal?.certificate, programLog);
  const staff = await buildFace({ ...shared, face: "staff", ...certificates.staff });

  await afterRestore(context);
  agents.start(
    agentEvents(context, {
      connected: (agent, name) => {
        void leases.round();
        programLog.info({ event: "authority.agent.connected", agent }, "an agent has connected");
        tell({ event: "agent-connected", agent, name });
      },
      disconnected: (agent) => {
        programLog.warn({ event: "authority.agent.disconnected", agent }, "an agent has no link any more");
        tell({ event: "agent-disconnected", agent });
      },
    }),
  );
  gateways.start(
    await listGateways(store.db),
    gatewayEvents(context, {
      connected: (gateway) => {
        // Whoever was away has waited for it.
        void leases.round();
        programLog.info({ event: "authority.gateway.connected", gateway }, "a gateway is reached");
        tell({ event: "gateway-connected", gateway });
      },
      disconnected: (gateway) => {
        programLog.warn({ event: "authority.gateway.disconnected", gateway }, "a gateway is not reached any more");
        tell({ event: "gateway-disconnected", gateway });
      },
    }),
  );
  leases.start();
  const attestations = setInterval(() => {
    suspendUnattested(store, context.now()).catch((error: unknown) =>
      programLog.warn(
        { event: "authority.attestations.unread", error: String(error) },
        "attestations could not be looked up",
      ),
    );
  }, limits.attestationWatchMs);
  await staff.listen({ host: o.staffListen.host, port: o.staffListen.port });
  const watched = watchAuthority({
    data: o.data,
    store,
    sequencer,
    agents,
    gateways,
    certificates: { portal: certificates.portal?.certificate, staff: certificates.staff?.certificate },
    figures,
    log: programLog,
    now: context.now,
  });
  const metrics = o.metrics ? await serveMetrics(o.metrics, watched) : null;
  const address = staff.server.address();
  return {
    staffPort: typeof address === "object" && address ? address.port : o.staffListen.port,
    metricsPort: metrics?.port ?? null,
    close: async () => {
      clearInterval(attestations);
      metrics?.close();
      await leases.close();
      gateways.close();
      certificates.portal?.certificate.close();
      certificates.staff?.certificate.close();
      await Promise.all([agents.close(), portal.close(), staff.close()]);
      downloads.close();
      await sequencer.close();
      await store.close();
    },
  };
}

/** An https origin needs its certificate; a name under .localhost has none. */
function openCertificate(
  hosts: Hosts,
  face: Face,
  paths: CertificatePaths | null,
  programLog: ProgramLog,
): { certificate: CertificateFile } | undefined {
  const secure = faceOrigin(hosts, face).startsWith("https:");
  if (secure !== (paths !== null))
    throw new GenkanError(
      "bad-request",
      secure ? `The ${face} host needs --${face}-cert and --${face}-key.` : `The ${face} host is served over http.`,
    );
  return paths ? { certificate: new CertificateFile(paths, programLog) } : undefined;
}
