import { isIP } from "node:net";
import type { Command } from "commander";
import { GenkanError } from "../../protocol/error.ts";
import { parseHostPort } from "../address.ts";

export interface MetricsOptions {
  /** `[ADDRESS:]PORT`. */
  readonly metrics?: string;
  readonly metricsBeyondLoopback?: true;
}

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

export function metricsOptions(command: Command): Command {
  return command
    .option(
      "--metrics <[address:]port>",
      "serve /metrics, /healthz and /readyz there; on loopback unless told otherwise",
    )
    .option("--metrics-beyond-loopback", "let --metrics listen where other machines reach it, without any sign-in");
}

/**
 * Where the metrics are served; null for nowhere. Whoever reaches the port reads it all, so anything but loopback takes a
 * second option. Throws `bad-request`.
 */
export function parseMetrics({ metrics, metricsBeyondLoopback }: MetricsOptions): MetricsAddress | null {
  if (metrics === undefined) {
    if (metricsBeyondLoopback !== true) return null;
    throw new GenkanError("bad-request", "--metrics-beyond-loopback goes with --metrics.");
  }
  const text = /^\d+$/.test(metrics) ? `127.0.0.1:${metrics}` : metrics;
  const expected = `--metrics looks like 9464 or 127.0.0.1:9464 or [::1]:9464, not ${metrics}.`;
  const { host, port } = parseHostPort(text, expected);
  if (isIP(host) === 0) throw new GenkanError("bad-request", expected);
  if (!isLoopback(host) && metricsBeyondLoopback !== true)
    throw new GenkanError(
      "bad-request",
      `${host} is not loopback: other machines could read the metrics. Add --metrics-beyond-loopback if that is meant.`,
    );
  return { host, port };
}

export const isLoopback = (host: string): boolean => host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
