import type { Id } from "../protocol/make-id.ts";
import type { AgentReport, Target } from "../protocol/reach.ts";

/** One text for each target. */
export const spelled = ({ address, port }: Target) => `${address} ${port}`;

/** What connected agents said last of themselves. Nothing decides by it: the agent's own list has the last word, each time. */
export class AgentReports {
  readonly #reports = new Map<Id<"agent">, AgentReport>();
  readonly #listed = new Map<Id<"agent">, ReadonlyMap<string, boolean>>();

  keep(agent: Id<"agent">, report: AgentReport): void {
    this.#reports.set(agent, report);
  }

  keepListed(agent: Id<"agent">, listed: ReadonlyMap<string, boolean>): void {
    this.#listed.set(agent, listed);
  }

  forget(agent: Id<"agent">): void {
    this.#reports.delete(agent);
    this.#listed.delete(agent);
  }

  /** Null for an agent that is away. */
  of(agent: Id<"agent">): AgentReport | null {
    return this.#reports.get(agent) ?? null;
  }

  /** Whether its allow-list names this; null while that is not known. */
  lists(agent: Id<"agent">, target: Target): boolean | null {
    return this.#listed.get(agent)?.get(spelled(target)) ?? null;
  }
}
