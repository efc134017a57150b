import { statfs } from "node:fs/promises";
import type { Agent } from "../../agent/agent.ts";
import type { CertificateFile } from "../../link/certificate-file.ts";
import type { ProgramLog } from "../../protocol/program-log.ts";
import { Figures } from "./figures.ts";
import type { Watched } from "./metrics-server.ts";
import { certificatesHold, holds } from "./readiness.ts";

/** The agent, as whoever runs it watches it. */
export function watchAgent(o: {
  readonly agent: Agent;
  readonly data: string;
  readonly certificate: CertificateFile | undefined;
  readonly now: () => Date;
  readonly log: ProgramLog;
}): Watched {
  const figures = new Figures("agent");
  const ready = () => {
    const { connected, trusted, targets, roomy } = o.agent.figures();
    return [
      holds("authority", connected, "the authority is not reached"),
      holds("approvers", trusted, "nobody on this host has accepted a list of approvers"),
      holds("allow-list", targets !== null, "the allow-list can't be used"),
      holds("recorder", roomy, "the journal can't be written, or the disk has no room for a recording"),
      certificatesHold({ access: o.certificate?.end }, o.now()),
    ];
  };
  return {
    figures,
    log: o.log,
    ready: async () => ready(),
    read: async () => {
      const now = o.agent.figures();
      const { bavail, bsize } = await statfs(o.data);
      figures.set("genkan_agent_ready", ready().every(({ ok }) => ok) ? 1 : 0);
      figures.set("genkan_agent_link_up", now.connected ? 1 : 0);
      figures.set("genkan_agent_sessions_live", now.sessions);
      figures.set("genkan_agent_recordings_waiting", now.recordingsWaiting);
      figures.set("genkan_agent_spool_bytes", now.spoolBytes);
      figures.set("genkan_agent_recorder_ready", now.roomy ? 1 : 0);
      figures.set("genkan_agent_allowed_targets", now.targets);
      figures.set("genkan_agent_clock_offset_seconds", now.clockOffsetMs === null ? null : now.clockOffsetMs / 1_000);
      figures.set("genkan_agent_disk_free_bytes", bavail * bsize);
      const left = o.certificate ? (o.certificate.end.getTime() - o.now().getTime()) / 1_000 : null;
      figures.set("genkan_agent_certificate_seconds_left", left, { host: "access" });
    },
  };
}
