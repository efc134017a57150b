import type { Socket } from "node:net";
import type { DeviceSide } from "../channels/channel.ts";
import { channels } from "../channels/table.ts";
import type { Secret } from "../crypto/secret.ts";
import { fingerprint } from "../crypto/thumbprint.ts";
import { LegPool } from "../link/leg-pool.ts";
import type { Hash, Token } from "../protocol/brand.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { CertificateSeen, Counts } from "../protocol/recording.ts";
import { channelOf } from "../protocol/service.ts";
import { BrowserDoor } from "./browser-door.ts";
import { DeviceConnections } from "./device-connections.ts";
import type { Door, Doorway } from "./door.ts";
import { NativeDoor } from "./native-door.ts";
import { ProofGate } from "./proof.ts";
import { Recording } from "./recording.ts";
import type { SessionGround } from "./session-ground.ts";
import { SessionNews } from "./session-news.ts";
import { SessionTap } from "./session-tap.ts";
import type { Spool } from "./spool.ts";
import type { Admission } from "./verify.ts";

/**
 * One admitted session, from its legs to its device's sockets. It ends once, for one reason, and then resets everything
 * that it opened before it does anything else.
 */
export class Session implements DeviceSide {
  readonly id: Id<"session">;
  readonly address: string;
  readonly port: number;
  readonly tap: SessionTap;
  readonly #admission: Admission;
  readonly #gate: ProofGate;
  readonly #ground: SessionGround;
  readonly #recording: Recording;
  readonly #news: SessionNews;
  readonly #door: Door;
  readonly #legs: LegPool;
  readonly #devices: DeviceConnections;
  readonly #closing = new AbortController();
  readonly #warnings: number[];
  #begun = false;
  #ended: EndReason | undefined;
  #timer: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout;

  constructor(
    admission: Admission,
    o: { proofNonce: string; legTokens: readonly Token[]; spool: Spool; ground: SessionGround },
  ) {
    const { ticket, grant, grantHash, service } = admission;
    this.#admission = admission;
    this.id = ticket.session;
    this.address = service.address;
    this.port = service.port;
    this.#ground = o.ground;
    this.tap = new SessionTap({
      record: (entry) => this.#record(() => this.#recording.write(entry)),
      now: o.ground.now,
      failed: () => this.end("recorder-failed"),
    });
    this.#devices = new DeviceConnections({
      service,
      device: grant.device.name,
      allowList: o.ground.allowList,
      certificates: o.ground.certificates,
      roots: o.ground.roots,
      signal: this.#closing.signal,
      refused: (code) => this.tap.refused(code),
      seen: (seen, certificate) => this.#certificate(seen, certificate),
    });
    this.#gate = new ProofGate({
      session: this.id,
      grantHash,
      thumbprints: grant.workstation.thumbprints,
      nonce: o.proofNonce,
    });
    this.#recording = new Recording({
      session: this.id,
      spool: o.spool,
      control: o.ground.control,
      log: o.ground.log,
      onDone: () => o.ground.onReported(this.id),
      onRefused: () => {
        this.end("recorder-failed");
        o.ground.onReported(this.id);
      },
    });
    this.#news = new SessionNews({ session: this.id, control: o.ground.control, log: o.ground.log });
    this.#door = ticket.client === "native" ? new NativeDoor(this.#doorway()) : new BrowserDoor(this.#doorway());
    this.#legs = new LegPool({
      carrier: o.ground.carrierTo(ticket.gateway.key),
      warm: ticket.client === "native" ? limits.legsWarmNative : limits.legsWarm,
      tokens: o.legTokens,
      tokensHeld: limits.legTokens,
      moreTokens: async (count) => (await o.ground.control.request("leg.request", { session: this.id, count })).tokens,
      onLeg: (leg) => this.#door.accept(leg),
      log: o.ground.log,
    });
    const left = this.leftMs;
    this.#warnings = limits.windowWarningsMs.filter((warning) => warning < left);
    this.#patience = setTimeout(() => this.end("never-used"), limits.unprovenMs);
    this.#watch();
  }

  get counts(): Counts {
    return { ...this.tap.counts, connections: this.#devices.size };
  }

  get ended(): EndReason | undefined {
    return this.#ended;
  }

  /** The workstation has proved itself. Throws `session-ended` if that was too late. */
  begin(): void {
    if (this.#ended || this.#closing.signal.aborted) throw new GenkanError("session-ended");
    if (this.#begun) return;
    this.#begun = true;
    clearTimeout(this.#patience);
    const { id } = this;
    if (!this.#ground.journal.write({ event: "begun", session: id })) {
      this.end("recorder-failed");
      throw new GenkanError("recorder-unavailable");
    }
    this.#ground.emit({ event: "session-begun", session: id });
    this.#news.begun();
  }

  dial(): Promise<Socket> {
    return this.#devices.dial();
  }

  async credential(name: string): Promise<Secret> {
    this.tap.refused("not-found");
    throw new GenkanError("not-found", `The grant of this session names no credential "${name}".`);
  }

  /** Its recording names it, and another one than before ends the session. */
  #certificate(seen: CertificateSeen, certificate: Hash): void {
    const { id } = this;
    const { journal, now } = this.#ground;
    const service = this.#admission.service.id;
    const at = now().toISOString();
    this.#record(() => this.#recording.write({ kind: "certificate", at, seen, certificate }));
    journal.write({ event: "certificate", session: id, service, seen, fingerprint: fingerprint(certificate) });
    if (seen === "changed") this.end("certificate-changed");
  }

  /** Sends what the authority has not acknowledged yet. */
  flush(): void {
    this.#recording.flush();
  }

  /** The agent stops; what the authority has not acknowledged stays on disk. Only after {@link end}. */
  close(): void {
    this.tap.settle();
    this.#recording.close();
  }

  /**
   * The native client's only link is over, so the session is: a proof is good once. Everything is reset now; the reason
   * waits a little, for a cut at the gateway looks the same and the authority's own word is then on its way.
   */
  lost(): void {
    if (this.#ended || this.#closing.signal.aborted) return;
    const { control } = this.#ground;
    const renewed = this.#ground.leaseLeftMs(this.id) > limits.leaseMs - 2 * limits.leaseRenewMs;
    const link = control.connected ? control.links : undefined;
    this.#closing.abort();
    this.#devices.cut();
    const gatewayStood = this.#legs.retire();
    clearTimeout(this.#patience);
    clearTimeout(this.#timer);
    this.#patience = setTimeout(() => {
      const authority = control.connected && control.links === link;
      const gateway = gatewayStood();
      this.#ground.log.info(
        { event: "agent.client.gone", session: this.id, authority, gateway, renewed },
        "the client has gone; what stood meanwhile",
      );
      // The agent's own way out stood all the time, or the authority alone was away: it was the client's side that ended.
      if (authority || gateway) return this.end("ended-by-technician");
      // Without a renewal the gateway has cut for the reason for which this agent is about to.
      this.end(renewed ? "gateway-lost" : "lease-lost");
    }, limits.legsLostMs);
  }

  end(reason: EndReason): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#devices.cut();
    this.#door.end(reason);
    this.#reset();
    clearTimeout(this.#patience);
    clearTimeout(this.#timer);
    const { id, counts } = this;
    const { journal, emit, now } = this.#ground;
    const at = now().toISOString();
    const told = () => ({ reason, counts: { ...this.tap.counts, connections: 0 }, at });
    this.#recording.ending(told());
    journal.write({ event: "ended", session: id, reason, counts });
    emit({ event: "session-ended", session: id, reason });
    this.#ground.onEnded(this.id);
    // The last rows come when the reset sockets report that they are closed.
    const late = setTimeout(() => this.tap.settle(), limits.controlCloseMs);
    this.tap.onSettled(() => {
      clearTimeout(late);
      this.#recording.end(told());
    });
  }

  #doorway(): Doorway {
    const { programKey, certificate, log } = this.#ground;
    const { ticket, grant, service } = this.#admission;
    return {
      programKey,
      certificate,
      log,
      admission: this.#admission,
      channel: (entrance) => {
        const name = channelOf(service.protocol, ticket.client);
        // The ladder has asked the same before.
        if (name === null) throw new GenkanError("service-not-granted");
        return channels[name]({ device: this, entrance, granted: grant.services, log });
      },
      prove: async (proof, binding) => {
        await this.#gate.pass(proof, binding);
        this.begin();
      },
      refused: (code) => this.tap.refused(code),
      lost: () => this.lost(),
    };
  }

  #reset(): void {
    this.#closing.abort();
    this.#devices.cut();
    this.#legs.close();
  }

  #record(write: () => void): void {
    try {
      if (!this.#ground.journal.ready) throw new GenkanError("recorder-unavailable");
      write();
    } catch (error) {
      this.#ground.log.error(
        { event: "agent.recording.row-lost", session: this.id, error: String(error) },
        "a row could not be recorded",
      );
      this.end("recorder-failed");
    }
  }

  /** Milliseconds until its window closes. */
  get leftMs(): number {
    const { window, aheadMs } = this.#admission;
    return Date.parse(window.end) - aheadMs - this.#ground.now().getTime();
  }

  /** Once a second, so that a host that slept or whose clock was set still ends in time. */
  #watch(): void {
    if (this.#ended) return;
    const left = this.leftMs;
    if (left <= 0) return this.end("window-closed");
    while (this.#warnings[0] !== undefined && left <= this.#warnings[0]) {
      this.#warnings.shift();
      this.#ground.emit({ event: "session-warning", session: this.id, leftMs: left });
    }
    if (this.#begun) this.#news.begun();
    this.#news.counts(this.counts);
    this.#timer = setTimeout(() => this.#watch(), Math.min(left, limits.countsMs));
  }
}
