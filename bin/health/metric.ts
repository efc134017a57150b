import { endReasons } from "../../protocol/end-reason.ts";
import { errors } from "../../protocol/error.ts";
import { reasons } from "../../protocol/reason.ts";

export interface Metric {
  readonly type: "gauge" | "counter" | "histogram";
  readonly help: string;
  /**
   * Label → all values that it may have. Closed, so that no person, device, address or id can ever stand in one: what is
   * counted under a value that is not listed here counts as `other`.
   */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
}

const codes = [...new Set([...Object.values(reasons), ...Object.keys(errors), ...endReasons])].sort();
const outcome = ["allowed", "done", "refused"];

/** Every metric of the three programs; docs/metrics.md says what each is good for. Units stand in the names. */
export const metrics = {
  genkan_authority_ready: { type: "gauge", help: "1 while /readyz says that it is ready." },
  genkan_authority_sessions_live: { type: "gauge", help: "Sessions that are not over." },
  genkan_authority_records_total: {
    type: "counter",
    help: "Audit records kept since the start, by outcome.",
    labels: { outcome },
  },
  genkan_authority_admissions_total: {
    type: "counter",
    help: "Sessions asked for since the start, by outcome.",
    labels: { outcome },
  },
  genkan_authority_denials_total: {
    type: "counter",
    help: "Reasons of all refusals since the start, by code.",
    labels: { reason: codes },
  },
  genkan_authority_ends_total: {
    type: "counter",
    help: "Sessions ended since the start, by end reason.",
    labels: { reason: endReasons },
  },
  genkan_authority_lease_round_seconds: { type: "histogram", help: "How long each round of leases took." },
  genkan_authority_lease_rounds_total: {
    type: "counter",
    help: "Rounds of leases since the start, by outcome.",
    labels: { outcome: ["done", "failed"] },
  },
  genkan_authority_agents_connected: { type: "gauge", help: "Agents whose link is up." },
  genkan_authority_agents_known: { type: "gauge", help: "Agents that have joined and are not disabled." },
  genkan_authority_gateways_connected: { type: "gauge", help: "Gateways whose link is up." },
  genkan_authority_gateways_known: { type: "gauge", help: "Gateways that the store names." },
  genkan_authority_agent_clock_offset_seconds: {
    type: "gauge",
    help: "Largest difference between the authority's clock and an agent's, as agents last told it.",
  },
  genkan_authority_log_records: { type: "gauge", help: "Records in the log." },
  genkan_authority_outbox_records: { type: "gauge", help: "Records that were kept and do not stand in the log yet." },
  genkan_authority_checkpoint_age_seconds: { type: "gauge", help: "Since the last checkpoint was signed." },
  genkan_authority_writers_waiting: { type: "gauge", help: "Changes that wait for their turn to be written." },
  genkan_authority_backup_age_seconds: { type: "gauge", help: "Since the last backup; absent before the first." },
  genkan_authority_certificate_seconds_left: {
    type: "gauge",
    help: "Until the certificate of a host ends.",
    labels: { host: ["portal", "staff"] },
  },
  genkan_authority_disk_free_bytes: { type: "gauge", help: "Room on the disk of the data folder." },

  genkan_gateway_ready: { type: "gauge", help: "1 while /readyz says that it is ready." },
  genkan_gateway_authority_connected: { type: "gauge", help: "1 while the authority's link is up." },
  genkan_gateway_sessions_live: { type: "gauge", help: "Sessions that it carries." },
  genkan_gateway_connections: { type: "gauge", help: "Open connections, the authority's legs and strangers included." },
  genkan_gateway_ends_waiting: { type: "gauge", help: "Ends that the authority has not heard of yet." },
  genkan_gateway_bytes_total: {
    type: "counter",
    help: "Bytes carried for sessions since the start, as ciphertext; up is towards the device.",
    labels: { direction: ["down", "up"] },
  },

  genkan_agent_ready: { type: "gauge", help: "1 while /readyz says that it is ready." },
  genkan_agent_link_up: { type: "gauge", help: "1 while the authority has taken its link." },
  genkan_agent_sessions_live: { type: "gauge", help: "Sessions that it serves, or has not reported yet." },
  genkan_agent_recordings_waiting: { type: "gauge", help: "Recordings of an earlier run that wait to be sent." },
  genkan_agent_spool_bytes: { type: "gauge", help: "Size of the recordings that lie on its disk." },
  genkan_agent_recorder_ready: { type: "gauge", help: "1 while it can record: the journal is writable and has room." },
  genkan_agent_allowed_targets: { type: "gauge", help: "Targets of its allow-list; absent while that can't be used." },
  genkan_agent_clock_offset_seconds: {
    type: "gauge",
    help: "By how much the authority's clock was ahead at the last hello; absent before the first.",
  },
  genkan_agent_certificate_seconds_left: {
    type: "gauge",
    help: "Until the certificate of a host ends.",
    labels: { host: ["access"] },
  },
  genkan_agent_disk_free_bytes: { type: "gauge", help: "Room on the disk of the data folder." },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;
