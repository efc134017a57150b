import { fingerprint } from "../crypto/thumbprint.ts";
import type { Actor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { RecordEntry } from "../protocol/recording.ts";
import { findAgentByKey, listAgents, stampAgent } from "../store/agent.ts";
import { listApproverLists } from "../store/approver-list.ts";
import type { Db } from "../store/database.ts";
import { closeRecording, isRecordingClosed, keepEntries } from "../store/recording.ts";
import { Scope } from "../store/scope.ts";
import { beginSession, countSession, findSession, liveSessions, type SessionRow } from "../store/session.ts";
import type { Change } from "../store/store.ts";
import type { AgentEvents, AgentHello } from "./agent-links.ts";
import type { Context } from "./context.ts";
import { Joins } from "./join.ts";
import { askListed } from "./listed.ts";
import { endSessions } from "./session-end.ts";

/** Keeps what agents say. An agent speaks of its own sessions only: another's look unknown to it (A21). */
export function agentEvents(
  c: Context,
  observed: {
    connected(agent: Id<"agent">, name: string): void | Promise<void>;
    disconnected(agent: Id<"agent">): void;
  },
): AgentEvents {
  const system = Scope.system();
  const { store } = c;
  const joins = new Joins(c);

  const own = async (agent: Id<"agent">, session: Id<"session">): Promise<SessionRow> => {
    const row = await findSession(store.db, system, session);
    if (!row || row.agent !== agent) throw new GenkanError("session-unknown");
    return row;
  };
  const stamp = async (agent: Id<"agent">, { clock, recorder, trust, report }: AgentHello): Promise<void> => {
    const at = c.now();
    c.agents.reports.keep(agent, report);
    const link = c.agents.find(agent);
    // No one waits for it. What the pages show of it is then unknown, and it is asked again with the next status.
    if (link)
      askListed(c, agent, link).catch((error: unknown) =>
        c.programLog.info(
          { event: "authority.allow-list.unasked", agent, error: String(error) },
          "an agent did not say what its allow-list names",
        ),
      );
    await store.change(async (change) => {
      await stampAgent(change.db, system, agent, { at, recorder, skewMs: Date.parse(clock) - at.getTime(), trust });
      change.touch("agents");
    });
  };

  return {
    identify: async (key) => {
      const agent = await findAgentByKey(store.db, system, key);
      return agent?.active ? agent : null;
    },

    join: (key, body, address) => joins.join(key, body, address),
    close: () => joins.close(),

    hello: async (agent, body) => {
      await stamp(agent, body);
      const live = (await liveSessions(store.db, system)).filter((row) => row.agent === agent);
      const lost = live.filter(({ id }) => !body.sessions.includes(id)).map(({ id }) => id);
      if (lost.length > 0) await endSessions(c, lost, { reason: "agent-lost", by: null });
      // Ended here and nowhere else: what an agent claims to serve may be another's (A21).
      for (const session of body.sessions)
        if (!live.some(({ id }) => id === session)) c.agents.cut(session, await reasonOf(agent, session), agent);
    },

    status: stamp,

    trust: async (agent, has) => {
      const row = (await listAgents(store.db, system)).find(({ id }) => id === agent);
      const lists = (await listApproverLists(store.db, system)).filter(({ site }) => site === row?.site.id);
      // Version by version: an agent follows the chain from the one that it has.
      return lists.filter(({ state, version }) => state !== "proposed" && version > (has?.version ?? 0));
    },

    legTokens: async (agent, session, count) => {
      const row = await own(agent, session);
      const gateway = c.gateways.find(row.gateway);
      if (row.state === "ended") throw new GenkanError("session-ended");
      if (!gateway) throw new GenkanError("gateway-unavailable");
      return gateway.moreTokens(row.host, count);
    },

    begun: async (agent, session) => {
      const row = await own(agent, session);
      const by = await agentActor(store.db, agent);
      const begun = await store.change(async (change) => {
        if (!(await beginSession(change.db, system, session))) return false;
        await change.audit({
          at: c.now(),
          action: "session.begin",
          outcome: "done",
          actor: by,
          site: row.site,
          vendor: row.vendor,
          subjects: { session, grant: row.grant, device: row.device, person: row.person },
        });
        change.touch("sessions");
        return true;
      });
      // An agent may tell of a beginning twice; only the first one counts. Where the authority ended the session while the
      // client still proved itself, its cut reached the agent before the agent served the session: it is cut again.
      if (begun || (await own(agent, session)).state !== "ended") return;
      c.agents.cut(session, await reasonOf(agent, session), agent);
      throw new GenkanError("session-ended");
    },

    counts: async (agent, session, counts) => {
      await own(agent, session);
      await store.change(async (change) => {
        // Those of a session whose end the agent has told stand.
        if (await isRecordingClosed(change.db, session)) throw new GenkanError("session-ended");
        await countSession(change.db, system, session, counts);
        change.touch("sessions");
      });
    },

    entries: async (agent, session, first, entries) => {
      const row = await own(agent, session);
      try {
        await store.change((change) => keepRows(change, row, first, entries), { lane: "usual", by: agent });
      } catch (error) {
        // An agent that goes on beyond the budget of its recording serves a session of which nothing is kept.
        const spent = error instanceof GenkanError && error.code === "body-too-large";
        if (spent)
          await endSessions(c, [session], { reason: "recorder-failed", by: null, facts: { code: error.code } });
        throw error;
      }
    },

    ended: async (agent, session, reason, counts) => {
      await own(agent, session);
      // What was told before, and got no receipt, stands.
      if (await isRecordingClosed(store.db, session)) return;
      await endSessions(c, [session], { reason, by: null, counts, facts: { toldBy: agent } });
      await store.change((change) => closeRecording(change.db, session));
    },

    ...observed,
  };

  /** Rows, and what is news of a device's certificate also as a record of the log. */
  async function keepRows(change: Change, row: SessionRow, first: number, entries: readonly RecordEntry[]) {
    const over = row.endedAt !== null && c.now().getTime() - Date.parse(row.endedAt) > limits.recordLateMs;
    for (const entry of await keepEntries(change.db, row.id, { first, entries, over })) {
      if (entry.kind !== "certificate") continue;
      await change.audit({
        at: c.now(),
        action: "device.certificate",
        outcome: entry.seen === "changed" ? "refused" : "done",
        actor: await agentActor(change.db, row.agent),
        site: row.site,
        vendor: row.vendor,
        subjects: { device: row.device, service: row.service, session: row.id, agent: row.agent },
        reasons: [entry.seen === "changed" ? "certificate-changed" : entry.seen],
        facts: { fingerprint: fingerprint(entry.certificate), at: entry.at },
      });
    }
  }

  async function agentActor(db: Db, id: string): Promise<Actor> {
    const { name = "" } = (await listAgents(db, system)).find((agent) => agent.id === id) ?? {};
    return { kind: "agent", id, name };
  }

  async function reasonOf(agent: Id<"agent">, session: Id<"session">) {
    const row = await findSession(store.db, system, session);
    return (row?.agent === agent ? row.reason : null) ?? "fact-changed";
  }
}
