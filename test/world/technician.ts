import type { Static } from "typebox";
import { signRequest } from "../../crypto/access-request.ts";
import { createProgramKey, type ProgramKey } from "../../crypto/program-key.ts";
import { publicJwkOf } from "../../crypto/public-jwk.ts";
import { newId } from "../../crypto/random.ts";
import { signWithJwk } from "../../crypto/statement.ts";
import { jwkThumbprint } from "../../crypto/thumbprint.ts";
import type { AccessRequest } from "../../protocol/access-request.ts";
import type { DeviceList } from "../../protocol/api/device.ts";
import type { GrantView } from "../../protocol/api/grant.ts";
import type { Me } from "../../protocol/api/me.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import type { SessionTicket } from "../../protocol/api/session.ts";
import type { WorkstationList } from "../../protocol/api/workstation.ts";
import type { Id } from "../../protocol/make-id.ts";
import { requestOf } from "../../protocol/request-of.ts";
import type { Window } from "../../protocol/window.ts";
import { asThumbprint } from "../brand.ts";
import { call, Person } from "./person.ts";
import { openTunnel, type Tunnel } from "./tunnel.ts";

/** A session with its tunnel open, as `genkan connect` holds it. */
export interface Connection {
  readonly session: Id<"session">;
  readonly ticket: SessionTicket;
  readonly tunnel: Tunnel;
}

/** A session that a browser has entered. */
export interface BrowserSession {
  readonly session: Id<"session">;
  /** As a browser names it. */
  readonly host: string;
  readonly origin: string;
  readonly cookie: string;
}

/** A technician with a computer whose key is enrolled. */
export class Technician extends Person {
  /** This computer's key. */
  workstation: ProgramKey = createProgramKey();

  /** Shows the computer's key, after signing in. */
  async equip(workstation: ProgramKey = this.workstation): Promise<this> {
    this.workstation = workstation;
    const { enrolmentSubject } = await this.get<Static<typeof Me>>("/api/me");
    const proof = await signWithJwk(
      "genkan/enrolment/v1",
      { origin: this.origin, subject: enrolmentSubject, issuedAt: new Date().toISOString() },
      workstation.privateKey,
      publicJwkOf(workstation.publicKey),
    );
    await this.post("/api/workstations", { proof, label: await this.#freeLabel() });
    return this;
  }

  /** As the page does: a technician's second computer has another label. */
  async #freeLabel(): Promise<string> {
    const { workstations } = await this.get<Static<typeof WorkstationList>>("/api/workstations");
    return workstations.length === 0 ? "laptop" : `laptop ${workstations.length + 1}`;
  }

  async request(device: { id: Id<"device">; service: Id<"service"> }, window: Window): Promise<RequestView> {
    return this.post<RequestView>("/api/requests", { request: await this.sign(await this.wish(device, [window])) });
  }

  /** What the page would write down for this computer to sign. */
  async wish(device: { id: Id<"device">; service: Id<"service"> }, windows: Window[]): Promise<AccessRequest> {
    const me = await this.get<Static<typeof Me>>("/api/me");
    const { devices } = await this.get<Static<typeof DeviceList>>("/api/devices");
    const found = devices.find(({ id }) => id === device.id);
    const said = {
      windows,
      zone: "Asia/Tokyo",
      rule: "normal",
      reason: "定期点検",
      plan: "1. 状態を確認する",
      workOrder: null,
    } as const;
    const request =
      found &&
      requestOf(newId("request"), { me, keys: [asThumbprint(this.#thumbprint())] }, found, [device.service], said);
    if (!request) throw new Error("This computer can't ask for this device.");
    return request;
  }

  #thumbprint(): string {
    return jwkThumbprint(publicJwkOf(this.workstation.publicKey));
  }

  sign(request: AccessRequest): Promise<string> {
    return signRequest(request, this.workstation.privateKey, publicJwkOf(this.workstation.publicKey));
  }

  /** Asks for a native session, for the TLS key that it will use. */
  admit(grant: GrantView, programKey: ProgramKey, service = grant.services[0]?.id): Promise<SessionTicket> {
    return this.post<SessionTicket>("/api/sessions", {
      grant: grant.id,
      service,
      client: "native",
      clientKey: programKey.pin,
    });
  }

  async connect(grant: GrantView): Promise<Connection> {
    const programKey = createProgramKey();
    const ticket = await this.admit(grant, programKey);
    return { session: ticket.session, ticket, tunnel: await this.open(ticket, programKey) };
  }

  /** Opens an http service in the browser, as the portal's page does. */
  async enter(grant: GrantView): Promise<BrowserSession> {
    const of = { grant: grant.id, service: grant.services[0]?.id, client: "browser", clientKey: null };
    const { session, host, origin, proofNonce, grantHash } = await this.post<SessionTicket>("/api/sessions", of);
    const proof = await signWithJwk(
      "genkan/proof/v1",
      { grant: grantHash, session, nonce: proofNonce, binding: `host:${host}` },
      this.workstation.privateKey,
      publicJwkOf(this.workstation.publicKey),
    );
    if (origin === null) throw new Error("A browser's session has no origin.");
    const { status, cookie } = await call(origin, "POST", "/.genkan/enter", {
      form: { session, proof },
      ...(this.port === undefined ? {} : { port: this.port }),
    });
    if (status !== 303 || cookie === null) throw new Error(`The session was entered with ${status}.`);
    return { session, host, origin, cookie };
  }

  /** Opens the tunnel of an admitted session. */
  open(ticket: SessionTicket, programKey: ProgramKey): Promise<Tunnel> {
    const { workstation, port } = this;
    const gateway = port === undefined ? ticket.gateway : { host: "127.0.0.1", port };
    const signal = new AbortController().signal;
    return openTunnel({ ticket: { ...ticket, gateway }, programKey, workstation, port: 0, signal });
  }
}

export function windowFromNow(startMs: number, lengthMs: number): Window {
  const start = Date.now() + startMs;
  return { start: new Date(start).toISOString(), end: new Date(start + lengthMs).toISOString() };
}
