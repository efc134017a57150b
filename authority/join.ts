import { newId } from "../crypto/random.ts";
import { canSealTo } from "../crypto/seal-key.ts";
import { sha256 } from "../crypto/thumbprint.ts";
import type { Pin } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { networkOf } from "../protocol/network.ts";
import { findAgentByKey, findJoinToken, insertAgent, listAgents, useJoinToken } from "../store/agent.ts";
import { Scope } from "../store/scope.ts";
import type { Change } from "../store/store.ts";
import type { Context } from "./context.ts";
import { RefusalBudget } from "./refusal-budget.ts";

interface JoinBody {
  readonly token: string;
  readonly name: string;
  /** X25519 public key, base64url. */
  readonly sealKey: string;
}

export interface Joined {
  readonly agent: Id<"agent">;
  readonly site: { id: Id<"site">; name: string };
}

/**
 * Hosts that ask to become agents. Anybody may ask, with a key made a moment ago, and writers queue: so nothing is written
 * for a token that is not there but the record of its refusal, and of those one network has only so many (A16).
 */
export class Joins {
  readonly #c: Context;
  readonly #refusals: RefusalBudget;
  readonly #system = Scope.system();

  constructor(c: Context) {
    this.#c = c;
    this.#refusals = new RefusalBudget(c, { action: "agent.join" });
  }

  /**
   * Throws `join-refused` for a token that is unknown, used or expired, and for a key that has joined or to which nothing can be sealed; `too-many` for a
   * network that guesses; `store-unavailable` also when the refusal could not be kept.
   */
  async join(key: Pin, body: JoinBody, address: string): Promise<Joined> {
    try {
      if (this.#refusals.spent(address)) throw new GenkanError("too-many", "Wait a minute.");
      if (!canSealTo(body.sealKey)) throw new GenkanError("join-refused", "Nothing can be sealed to this key.");
      await this.#look(key, body.token);
      return await this.#c.store.change((change) => this.#take(change, key, body));
    } catch (error) {
      if (error instanceof GenkanError && (error.code === "join-refused" || error.code === "too-many"))
        await this.#keep(error, key, body, address);
      throw error;
    }
  }

  /** Keeps what was counted of refusals. */
  close(): Promise<void> {
    return this.#refusals.close();
  }

  /** Outside a change, so that a guess waits for no writer and no writer for a guess. */
  async #look(key: Pin, token: string): Promise<void> {
    const { db } = this.#c.store;
    const site = await findJoinToken(db, sha256(token), this.#c.now());
    if (site === null) throw new GenkanError("join-refused");
    if (await findAgentByKey(db, this.#system, key))
      throw new GenkanError("join-refused", "This key has joined already.");
  }

  async #take(change: Change, key: Pin, { token, name, sealKey }: JoinBody): Promise<Joined> {
    const { db } = change;
    const at = this.#c.now();
    const site = await useJoinToken(db, sha256(token), at);
    if (site === null) throw new GenkanError("join-refused");
    const id = newId("agent");
    await insertAgent(db, { id, site, name, key, sealKey, at });
    await change.audit({
      at,
      action: "agent.join",
      outcome: "done",
      actor: { kind: "agent", id, name },
      site,
      subjects: { agent: id },
      facts: { name, key, sealKey },
    });
    change.touch("agents");
    const row = (await listAgents(db, this.#system)).find((agent) => agent.id === id);
    if (!row) throw new GenkanError("internal");
    return { agent: id, site: row.site };
  }

  async #keep({ code }: GenkanError, key: Pin, { name }: JoinBody, address: string): Promise<void> {
    if (!this.#refusals.take(address)) return;
    const { store, now, programLog } = this.#c;
    const refused = {
      action: "agent.join",
      outcome: "refused",
      actor: null,
      subjects: {},
      reasons: [code],
      facts: { name, key },
    } as const;
    try {
      await store.change((change) => change.audit({ at: now(), ...refused }), {
        lane: "usual",
        by: networkOf(address),
      });
    } catch (cause) {
      programLog.error(
        { event: "authority.join-refusal.unkept", error: String(cause) },
        "a refused join could not be kept",
      );
      throw new GenkanError("store-unavailable", undefined, { cause });
    }
  }
}
