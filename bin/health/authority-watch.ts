import { statfs } from "node:fs/promises";
import type { AgentLinks } from "../../authority/agent-links.ts";
import type { GatewayLinks } from "../../authority/gateway-links.ts";
import type { CertificateFile } from "../../link/certificate-file.ts";
import { GenkanError } from "../../protocol/error.ts";
import type { Face } from "../../protocol/face.ts";
import type { ProgramLog } from "../../protocol/program-log.ts";
import { listAgents } from "../../store/agent.ts";
import { listGateways } from "../../store/gateway.ts";
import { countOutbox, latestCheckpoint } from "../../store/log.ts";
import { readTree } from "../../store/log-tree.ts";
import { Scope } from "../../store/scope.ts";
import type { Sequencer } from "../../store/sequencer.ts";
import { liveSessions } from "../../store/session.ts";
import { readSetting } from "../../store/setting.ts";
import { type Store } from "../../store/store.ts";
import { Figures } from "./figures.ts";
import type { Watched } from "./metrics-server.ts";
import { certificatesHold, holds, type ReadyCheck } from "./readiness.ts";

export interface AuthorityParts {
  readonly data: string;
  readonly store: Store;
  readonly sequencer: Sequencer;
  readonly agents: AgentLinks;
  readonly gateways: GatewayLinks;
  readonly certificates: Readonly<Record<Face, CertificateFile | undefined>>;
  readonly figures: Figures;
  readonly log: ProgramLog;
  readonly now: () => Date;
}

/** Counts what the store keeps from now on: outcomes and codes, and nothing that a record names. */
export function countRecords(store: Store, figures: Figures): void {
  store.onAudited((records) => {
    for (const { action, outcome, reasons } of records) {
      figures.count("genkan_authority_records_total", { outcome });
      if (action === "session.admit") figures.count("genkan_authority_admissions_total", { outcome });
      for (const reason of outcome === "refused" ? reasons : [])
        figures.count("genkan_authority_denials_total", { reason });
      if (action === "session.end" && outcome === "done")
        figures.count("genkan_authority_ends_total", { reason: reasons[0] ?? "" });
    }
  });
}

/** The authority, as whoever runs it watches it. */
export function watchAuthority(p: AuthorityParts): Watched {
  const { figures, store } = p;
  const { db } = store;
  return {
    figures,
    log: p.log,
    ready: () => readiness(p),
    read: async () => {
      const now = p.now().getTime();
      const since = (at: string | null) => (at === null ? null : (now - Date.parse(at)) / 1_000);
      const agents = (await listAgents(db, Scope.system())).filter(({ active }) => active);
      const skews = agents.flatMap(({ skewMs }) => (skewMs === null ? [] : [Math.abs(skewMs)]));
      const { bavail, bsize } = await statfs(p.data);
      figures.set("genkan_authority_ready", (await readiness(p)).every(({ ok }) => ok) ? 1 : 0);
      figures.set("genkan_authority_sessions_live", (await liveSessions(db, Scope.system())).length);
      figures.set("genkan_authority_agents_connected", p.agents.connected().length);
      figures.set("genkan_authority_agents_known", agents.length);
      figures.set("genkan_authority_gateways_connected", p.gateways.connected().length);
      figures.set("genkan_authority_gateways_known", (await listGateways(db)).length);
      const skew = skews.length === 0 ? null : Math.max(...skews) / 1_000;
      figures.set("genkan_authority_agent_clock_offset_seconds", skew);
      figures.set("genkan_authority_log_records", (await readTree(db)).size);
      figures.set("genkan_authority_outbox_records", await countOutbox(db));
      const checkpoint = await latestCheckpoint(db);
      figures.set("genkan_authority_checkpoint_age_seconds", since(checkpoint?.createdAt ?? null));
      figures.set("genkan_authority_writers_waiting", store.writersWaiting());
      figures.set("genkan_authority_backup_age_seconds", since(await readSetting(db, "backup-at")));
      figures.set("genkan_authority_disk_free_bytes", bavail * bsize);
      for (const [host, certificate] of Object.entries(p.certificates)) {
        const left = certificate ? (certificate.end.getTime() - now) / 1_000 : null;
        figures.set("genkan_authority_certificate_seconds_left", left, { host });
      }
    },
  };
}

async function readiness(p: AuthorityParts): Promise<readonly ReadyCheck[]> {
  const { db } = p.store;
  const { portal, staff } = p.certificates;
  const certificates = certificatesHold({ portal: portal?.end, staff: staff?.end }, p.now());
  try {
    const [tree, checkpoint, gateways] = await Promise.all([readTree(db), latestCheckpoint(db), listGateways(db)]);
    const whole = tree.size === (checkpoint?.size ?? 0);
    const log = whole ? "records could not be written into the log" : "the last checkpoint is not over the whole log";
    const linked = p.gateways.connected().length > 0;
    return [
      holds("store", true, ""),
      holds("log", whole && p.sequencer.whole, log),
      // A new installation has none yet; it serves its staff host all the same.
      holds("gateways", linked || gateways.length === 0, "no gateway is reached"),
      certificates,
    ];
  } catch (error) {
    return [holds("store", false, error instanceof GenkanError ? error.code : "internal"), certificates];
  }
}
