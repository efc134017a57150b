import { join } from "node:path";
import { randomToken } from "../crypto/random.ts";
import { verifyStatement } from "../crypto/statement.ts";
import { equalSecret, fingerprint } from "../crypto/thumbprint.ts";
import type { Carrier } from "../link/carrier.ts";
import type { CertificateFile } from "../link/certificate-file.ts";
import type { Handlers } from "../link/control-link.ts";
import { LeaseTable } from "../link/lease.ts";
import { trustedRoots } from "../link/trusted-roots.ts";
import type { agentOrders } from "../protocol/agent-control.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import { Lease } from "../protocol/statement.ts";
import { version } from "../protocol/version.ts";
import { AllowList } from "./allow-list.ts";
import { carrierTo } from "./carrier.ts";
import { Control } from "./control.ts";
import { DeviceCertificates } from "./device-certificates.ts";
import type { Emit } from "./event.ts";
import type { AgentFigures } from "./figures.ts";
import { FolderLock } from "./folder-lock.ts";
import type { Joined } from "./joined.ts";
import { Journal } from "./journal.ts";
import { Leftovers } from "./leftovers.ts";
import { TicketNonces } from "./nonces.ts";
import { reachHandlers } from "./reach.ts";
import { Session } from "./session.ts";
import type { SessionGround } from "./session-ground.ts";
import { Spool } from "./spool.ts";
import { Trust } from "./trust.ts";
import { type Admission, type AdmitOrder, verifyAdmission } from "./verify.ts";

export interface AgentOptions {
  /** Data folder, in which the host has joined. */
  readonly folder: string;
  readonly joined: Joined;
  /** Allow-list file. */
  readonly allow: string;
  readonly log: ProgramLog;
  readonly emit: Emit;
  /** Wall clock. */
  readonly now: () => Date;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  /** How legs are dialled; carrier U to the ticket's gateway, which the host has joined over, unless told. */
  readonly carrier?: Carrier;
  /** Of the access hosts: for browsers on other machines. */
  readonly certificate?: CertificateFile;
}

/** Beside the device: verifies what the authority orders, ends the sessions' links, and dials what its own list names. */
export class Agent {
  readonly #o: AgentOptions;
  readonly #lock: FolderLock;
  readonly #trust: Trust;
  readonly #allowList: AllowList;
  readonly #journal: Journal;
  readonly #nonces: TicketNonces;
  readonly #leases: LeaseTable<Id<"session">>;
  readonly #control: Control;
  readonly #ground: SessionGround;
  /** Served, or ended and not reported yet. */
  readonly #sessions = new Map<Id<"session">, Session>();
  readonly #leftovers: Leftovers;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  readonly #status: NodeJS.Timeout;
  #leaseSequence = 0;
  #clockOffsetMs: number | null = null;

  /** Throws what {@link FolderLock} throws. */
  constructor(o: AgentOptions) {
    this.#o = o;
    const { folder, log, emit, now, joined } = o;
    // First of all: what lies there may be another agent's, which serves it.
    this.#lock = new FolderLock(folder);
    this.#journal = new Journal({ path: join(folder, "journal.jsonl"), now, log });
    this.#trust = new Trust({ folder, site: joined.site.id, now, log, emit });
    this.#allowList = new AllowList({ path: o.allow, log, emit });
    this.#nonces = new TicketNonces({ now: o.monotonic, random: () => randomToken() });
    this.#leases = new LeaseTable<Id<"session">>({
      now: o.monotonic,
      onLapse: (id) => this.#sessions.get(id)?.end("lease-lost"),
    });
    const { gateways, authorityKey, programKey } = joined;
    this.#control = new Control({
      address: { gateways, authorityKey },
      programKey,
      handlers: this.#handlers(),
      greet: () => this.#greet(),
      onDown: () => this.#down(),
      log,
    });
    this.#ground = {
      programKey,
      carrierTo: (key) => carrierTo(joined, key, o.carrier),
      control: this.#control,
      allowList: this.#allowList,
      journal: this.#journal,
      certificates: new DeviceCertificates(folder, now),
      roots: trustedRoots(null),
      certificate: o.certificate,
      log,
      emit,
      now,
      leaseLeftMs: (session) => this.#leases.leftMs(session),
      onEnded: (session) => this.#leases.remove(session),
      onReported: (session) => this.#sessions.delete(session),
    };
    this.#trust.onChange(() => {
      const { list } = this.#trust;
      if (list) {
        const { version } = list.statement;
        this.#journal.write({ event: "trust", version, fingerprint: fingerprint(list.hash) });
      }
      void this.#tellStatus();
    });
    this.#allowList.onChange(() => this.#recheckTargets());
    this.#leftovers = new Leftovers({ folder, control: this.#control, log, now: now() });
    this.#status = setInterval(() => void this.#tellStatus(), limits.agentStatusMs);
    this.#running = this.#control.run(this.#stopping.signal);
  }

  figures(): AgentFigures {
    return {
      connected: this.#control.connected,
      sessions: this.#sessions.size,
      recordingsWaiting: this.#leftovers.sessions.length,
      spoolBytes: Spool.bytesIn(this.#o.folder),
      roomy: this.#journal.roomy,
      trusted: this.#trust.list !== undefined,
      targets: this.#allowList.size,
      clockOffsetMs: this.#clockOffsetMs,
    };
  }

  /** Ends every session as `agent-lost`, tells the authority if it can, and stops. */
  async stop(): Promise<void> {
    clearInterval(this.#status);
    for (const session of this.#sessions.values()) session.end("agent-lost");
    const until = this.#o.monotonic() + limits.controlCloseMs;
    while (this.#control.connected && this.#sessions.size > 0 && this.#o.monotonic() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#stopping.abort();
    await this.#running;
    for (const session of this.#sessions.values()) session.close();
    this.#leftovers.close();
    this.#leases.close();
    this.#trust.close();
    this.#allowList.close();
    this.#journal.close();
    this.#o.certificate?.close();
    this.#lock.release();
  }

  #handlers(): Handlers<typeof agentOrders> {
    return {
      "trust.propose": ({ statement, signatures }) => ({
        pinned: this.#trust.propose(Buffer.from(statement, "base64url"), signatures),
      }),
      "nonce.request": () => ({ nonce: this.#nonces.issue() }),
      "session.admit": (order) => this.#admit(order),
      lease: ({ lease }) => this.#renew(lease),
      "session.cut": ({ session, reason }) => {
        this.#sessions.get(session)?.end(reason);
        return {};
      },
      ...reachHandlers(this.#allowList, this.#journal, this.#o.monotonic, this.#stopping.signal),
    };
  }

  async #admit(order: AdmitOrder): Promise<{ proofNonce: string; leftMs: number }> {
    let admission: Admission;
    let spool: Spool | undefined;
    try {
      if (this.#sessions.size >= limits.sessionsPerAgent) throw new GenkanError("too-many");
      admission = await verifyAdmission(order, {
        self: this.#o.joined.programKey.pin,
        site: this.#o.joined.site.id,
        list: this.#trust.list,
        authorityKey: this.#control.authorityKey,
        nonces: this.#nonces,
        allowList: this.#allowList,
        recorder: { ready: this.#journal.roomy },
        gateways: this.#o.joined.gateways.map(({ key }) => key),
        browserTls: this.#o.certificate !== undefined,
        knows: (session) => this.#knows(session),
        now: this.#o.now(),
      });
      // Another order for the same session may have been decided meanwhile.
      if (this.#knows(admission.ticket.session)) throw new GenkanError("ticket-replayed");
      spool = Spool.open(this.#o.folder, admission.ticket.session);
      this.#note(admission);
    } catch (error) {
      const code = error instanceof GenkanError ? error.code : "internal";
      this.#journal.write({ event: "refused", session: null, code });
      this.#o.emit({ event: "session-refused", session: null, code });
      // A file that stayed would be told as a session at the next start.
      spool?.remove();
      throw error;
    }
    const { ticket } = admission;
    const proofNonce = randomToken();
    const session = new Session(admission, { proofNonce, legTokens: order.legTokens, spool, ground: this.#ground });
    this.#sessions.set(session.id, session);
    this.#leases.add(session.id, Math.min(ticket.leaseMs, limits.leaseMs));
    return { proofNonce, leftMs: Math.max(0, session.leftMs) };
  }

  /** Nothing is served before the journal has it. */
  #note({ ticket, grant, grantHash, service, window, approvers }: Admission): void {
    const { id, name } = grant.person;
    const written = this.#journal.write({
      event: "admitted",
      session: ticket.session,
      grant: grantHash,
      person: { id, name },
      device: grant.device.name,
      service: `${service.protocol} ${service.address}:${service.port}`,
      approvers: approvers.map((key) => key.person.name),
      windowEnd: window.end,
    });
    if (!written) throw new GenkanError("recorder-unavailable");
    this.#o.emit({
      event: "session-admitted",
      session: ticket.session,
      person: name,
      device: grant.device.name,
      service: service.name,
    });
  }

  async #renew(jws: string): Promise<Record<string, never>> {
    const lease = await verifyStatement("genkan/lease/v1", Lease, jws, this.#control.authorityKey, "lease-invalid");
    if (!equalSecret(lease.audience, this.#o.joined.programKey.pin)) throw new GenkanError("lease-invalid");
    if (lease.sequence <= this.#leaseSequence) return {};
    this.#leaseSequence = lease.sequence;
    this.#leases.renew(lease.sessions, Math.min(lease.durationMs, limits.leaseMs));
    return {};
  }

  async #greet(): Promise<void> {
    this.#nonces.void();
    this.#leaseSequence = 0;
    // Also those that ended while no link was there: the authority hears of each why, right below.
    const sessions = [...this.#sessions.keys(), ...this.#leftovers.sessions].slice(0, limits.sessionsPerAgent);
    const { clock } = await this.#control.request("hello", { ...this.#state(), sessions });
    this.#clockOffsetMs = Date.parse(clock) - this.#o.now().getTime();
    this.#o.log.info({ event: "agent.link.up" }, "the authority has taken this agent's link");
    this.#o.emit({ event: "connected" });
    this.#flush();
  }

  #flush(): void {
    for (const session of this.#sessions.values()) session.flush();
    this.#leftovers.flush();
  }

  #knows(session: Id<"session">): boolean {
    return this.#sessions.has(session) || this.#leftovers.has(session);
  }

  #down(): void {
    this.#nonces.void();
    this.#o.emit({ event: "disconnected" });
  }

  #state() {
    const { roomy: recorder, room: diskFree } = this.#journal;
    const gateways = this.#o.joined.gateways.map(({ key }) => key);
    const accessUntil = this.#o.certificate?.end.toISOString() ?? null;
    const report = { version, allowList: this.#allowList.state, diskFree, accessUntil };
    return { clock: this.#o.now().toISOString(), recorder, trust: this.#trust.state, gateways, report };
  }

  /** Never rejects. */
  async #tellStatus(): Promise<void> {
    try {
      this.#journal.restore();
      this.#flush();
      await this.#control.request("status", this.#state());
    } catch (error) {
      this.#o.log.debug(
        { event: "agent.status.untold", error: String(error) },
        "the authority was not told the status",
      );
    }
  }

  /** The allow-list has the last word over live sessions too. */
  #recheckTargets(): void {
    for (const session of this.#sessions.values()) {
      if (!this.#allowList.permits(session.address, session.port)) session.end("refused-by-agent");
    }
    void this.#tellStatus();
  }
}
