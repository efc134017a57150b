import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type Metric, type MetricName, metrics } from "./metric.ts";

export type Program = "authority" | "gateway" | "agent";

/** Seconds. A round that takes as long as a lease lasts ends sessions. */
const roundBuckets = [0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 15];

/** The metrics of one program, and of its process (`process_…`, `nodejs_…`, as prom-client names them). */
export class Figures {
  readonly #registry = new Registry();
  readonly #held = new Map<string, Counter | Gauge | Histogram>();

  constructor(program: Program) {
    collectDefaultMetrics({ register: this.#registry });
    const registers = [this.#registry];
    for (const [name, { type, help, labels }] of Object.entries<Metric>(metrics)) {
      if (!name.startsWith(`genkan_${program}_`)) continue;
      const labelNames = Object.keys(labels ?? {});
      if (type === "counter") this.#held.set(name, new Counter({ name, help, labelNames, registers }));
      else if (type === "gauge") this.#held.set(name, new Gauge({ name, help, labelNames, registers }));
      else this.#held.set(name, new Histogram({ name, help, buckets: roundBuckets, registers }));
    }
  }

  /** A gauge's value now; null takes it out, for what is not known. */
  set(name: MetricName, value: number | null, labels: Record<string, string> = {}): void {
    const gauge = this.#of(name, Gauge);
    if (value === null) gauge.remove(known(name, labels));
    else gauge.set(known(name, labels), value);
  }

  /** Raises a counter. */
  count(name: MetricName, labels: Record<string, string> = {}): void {
    this.#of(name, Counter).inc(known(name, labels));
  }

  /** A counter that somebody else keeps, as it stands. */
  total(name: MetricName, value: number, labels: Record<string, string> = {}): void {
    const counter = this.#of(name, Counter);
    counter.remove(known(name, labels));
    counter.inc(known(name, labels), value);
  }

  observe(name: MetricName, seconds: number): void {
    this.#of(name, Histogram).observe(seconds);
  }

  /** Prometheus' text, and its content type. */
  async text(): Promise<{ type: string; body: string }> {
    return { type: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  #of<T extends Counter | Gauge | Histogram>(name: MetricName, kind: new (...of: never[]) => T): T {
    const held = this.#held.get(name);
    if (!(held instanceof kind)) throw new TypeError(`${name} is no metric of this kind here`);
    return held;
  }
}

/** What the table does not list is `other`, whatever it is. */
function known(name: MetricName, labels: Record<string, string>): Record<string, string> {
  const table: Metric["labels"] = (metrics[name] as Metric).labels ?? {};
  return Object.fromEntries(
    Object.entries(table).map(([label, values]) => {
      const value = labels[label] ?? "";
      return [label, values.includes(value) ? value : "other"];
    }),
  );
}
