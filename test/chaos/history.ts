import type { EndReason } from "../../protocol/end-reason.ts";
import type { Acknowledged } from "../world/log.ts";

export const parts = ["gateway", "authority", "agent"] as const;
export type Part = (typeof parts)[number];

/** One SIGKILL. */
export interface Kill {
  readonly part: Part;
  readonly at: number;
}

/** Why a session may have ended, from the moment at which somebody meant it. `of` is a session, grant or person. */
export interface Intent {
  readonly reason: EndReason;
  readonly of: string;
  readonly at: number;
  /** The caller was told that it is done. */
  toldAt: number | null;
}

/** An acknowledged call, between two ticks of one counter: what was told before another was sent came before it. */
export interface Acknowledgement extends Acknowledged {
  readonly sent: number;
  readonly told: number;
}

/** What its technician knows of an acknowledged session. */
export interface Story {
  readonly session: string;
  readonly grant: string;
  readonly person: string;
  /** Before it was asked for. */
  readonly askedAt: number;
  readonly windowEnd: string;
  /** The agent has taken its workstation's proof. */
  proven: boolean;
  /** Connections that its tool ever opened, and bytes that it ever wrote. */
  opened: number;
  sent: number;
}

/** Something that nothing may allow any more; `code` is the refusal, null if it was allowed all the same. */
export interface Attempt {
  readonly what: "used ticket" | "revoked grant" | "locked person";
  readonly of: string;
  readonly code: string | null;
}

/** What people and the killer have done and been told, from the first moment of a run. Times are of the wall clock. */
export class History {
  readonly kills: Kill[] = [];
  readonly intents: Intent[] = [];
  readonly acknowledged: Acknowledgement[] = [];
  readonly stories = new Map<string, Story>();
  readonly attempts: Attempt[] = [];
  /** Calls that failed, by what they said: most of them met a dead program. */
  readonly failures = new Map<string, number>();
  #tick = 0;

  /** Remembers the call's record once it is acknowledged. */
  async call<T>(action: string, call: () => Promise<T>, subject: (answer: T) => string): Promise<T> {
    const sent = ++this.#tick;
    const answer = await call();
    this.acknowledged.push({ action, subject: subject(answer), sent, told: ++this.#tick });
    return answer;
  }

  /** Somebody means to end something: it may happen from now on, whether or not the call is answered. */
  async mean<T>(reason: EndReason, of: string, act: () => Promise<T>): Promise<T> {
    const intent: Intent = { reason, of, at: Date.now(), toldAt: null };
    this.intents.push(intent);
    const done = await act();
    intent.toldAt = Date.now();
    return done;
  }

  fail(error: unknown): void {
    const { code, message } = error as { code?: unknown; message?: unknown };
    const said = typeof code === "string" ? code : (/"code":"([^"]+)"/.exec(String(message))?.[1] ?? String(message));
    this.failures.set(said, (this.failures.get(said) ?? 0) + 1);
  }
}
