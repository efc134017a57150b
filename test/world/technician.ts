import type { Static } from "typebox";
import { openTunnel, type Tunnel } from "../../cli/tunnel.ts";
import { createIdentity, type Identity } from "../../crypto/identity.ts";
import { publicJwkOf } from "../../crypto/public-jwk.ts";
import { signWithJwk } from "../../crypto/statement.ts";
import type { GrantView, RequestView } from "../../protocol/api/request.ts";
import type { SessionTicket } from "../../protocol/api/session.ts";
import type { Me } from "../../protocol/api/sign-in.ts";
import type { Window } from "../../protocol/grant.ts";
import { Person } from "./person.ts";

/** A session with its tunnel open, as `genkan connect` holds it. */
export interface Connection {
  readonly session: string;
  readonly ticket: SessionTicket;
  readonly tunnel: Tunnel;
}

/** A technician with a computer whose key is enrolled. */
export class Technician extends Person {
  /** This computer's key. */
  workstation: Identity = createIdentity();

  /** Shows the computer's key, after signing in. */
  async equip(workstation: Identity = this.workstation): Promise<this> {
    this.workstation = workstation;
    const { enrolmentSubject } = await this.get<Static<typeof Me>>("/api/me");
    const proof = await signWithJwk(
      "genkan/enrolment/v1",
      { origin: this.origin, subject: enrolmentSubject, issuedAt: new Date().toISOString() },
      workstation.privateKey,
      publicJwkOf(workstation.publicKey),
    );
    await this.post("/api/workstations", { proof, label: "laptop" });
    return this;
  }

  request(device: { id: string; service: string }, window: Window): Promise<RequestView> {
    return this.post<RequestView>("/api/requests", {
      device: device.id,
      services: [device.service],
      window,
      zone: "Asia/Tokyo",
      reason: "定期点検",
      plan: "1. 状態を確認する",
    });
  }

  /** Asks for a native session, for the TLS key that it will use. */
  admit(grant: GrantView, identity: Identity, service = grant.services[0]?.id): Promise<SessionTicket> {
    return this.post<SessionTicket>("/api/sessions", {
      grant: grant.id,
      service,
      client: "native",
      clientKey: identity.thumbprint,
    });
  }

  async connect(grant: GrantView): Promise<Connection> {
    const identity = createIdentity();
    const ticket = await this.admit(grant, identity);
    return { session: ticket.session, ticket, tunnel: await this.open(ticket, identity) };
  }

  /** Opens the tunnel of an admitted session. */
  open(ticket: SessionTicket, identity: Identity): Promise<Tunnel> {
    const { workstation, port } = this;
    const gateway = port === undefined ? ticket.gateway : { host: "127.0.0.1", port };
    const signal = new AbortController().signal;
    return openTunnel({ ticket: { ...ticket, gateway }, identity, workstation, port: 0, signal });
  }
}

export function windowFromNow(startMs: number, lengthMs: number): Window {
  const start = Date.now() + startMs;
  return { start: new Date(start).toISOString(), end: new Date(start + lengthMs).toISOString() };
}
