import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signRequest } from "../../../crypto/access-request.ts";
import { createProgramKey, type ProgramKey } from "../../../crypto/program-key.ts";
import { newId, randomToken } from "../../../crypto/random.ts";
import { signStatement, signWithJwk, statementHash } from "../../../crypto/statement.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import type { AccessRequest } from "../../../protocol/access-request.ts";
import type { ApproverKey, ApproversStatement } from "../../../protocol/approvers.ts";
import type { Grant } from "../../../protocol/grant.ts";
import { type Service, serviceRef } from "../../../protocol/service.ts";
import type { ApprovalStatement, Proof, SignedByPasskey, Ticket } from "../../../protocol/statement.ts";
import type { PublicJwk } from "../../../protocol/workstation.ts";
import { askedFor, grantOf, requestHash } from "../../asked.ts";
import { asHash, asPin, asThumbprint } from "../../brand.ts";
import type { Deviation } from "../../passkey.ts";
import { Passkey } from "../../passkey.ts";

export const rp = "staff.example.org";
export const origin = "https://staff.example.org";

/** A person with a passkey, as a list of approvers names one. */
export class Approver {
  readonly id = newId("person");
  readonly name: string;
  readonly passkey: Passkey;

  constructor(name: string) {
    this.name = name;
    this.passkey = new Passkey(rp, origin);
  }

  key(change: Partial<ApproverKey> = {}): ApproverKey {
    return {
      credential: this.passkey.credential,
      publicKey: this.passkey.publicKeyCose,
      person: { id: this.id, name: this.name },
      rp,
      origin,
      roles: ["approver"],
      expires: "2099-01-01T00:00:00.000Z",
      ...change,
    };
  }

  approve(grantHash: string, change: Partial<ApprovalStatement> = {}, deviation: Deviation = {}): SignedByPasskey {
    const statement: ApprovalStatement = {
      type: "genkan/approval/v1",
      grants: [asHash(grantHash)],
      verdict: "approve",
      approver: this.id,
      rp,
      nonce: randomToken(),
      ...change,
    };
    return this.passkey.signStatement("genkan/approval/v1", bytesOf(statement), deviation);
  }

  signList(bytes: Uint8Array): SignedByPasskey {
    return this.passkey.signStatement("genkan/approvers/v1", bytes);
  }
}

/** A technician's workstation: the key that the grant names. */
export class Workstation {
  readonly jwk: PublicJwk;
  readonly #key: KeyObject;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    this.#key = createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }));
    this.jwk = { kty: "OKP", crv: "Ed25519", x: publicKey.export({ format: "jwk" }).x as string };
  }

  get thumbprint(): string {
    return jwkThumbprint(this.jwk);
  }

  ask(request: AccessRequest): Promise<string> {
    return signRequest(request, this.#key, this.jwk);
  }

  prove(proof: Proof): Promise<string> {
    return signWithJwk("genkan/proof/v1", proof, this.#key, this.jwk);
  }
}

export const bytesOf = (statement: object): Buffer => Buffer.from(JSON.stringify(statement));

/** One site with everything that an admission needs. */
export class Scene {
  readonly site = newId("site");
  readonly authority: ProgramKey = createProgramKey();
  readonly agent: ProgramKey = createProgramKey();
  readonly workstation = new Workstation();
  readonly approver = new Approver("佐藤 花子");
  readonly second = new Approver("鈴木 一郎");
  readonly technician = { id: newId("person"), name: "Tech", vendor: newId("vendor") };
  /** The gateway that the agent's host names. */
  readonly gateway = { id: newId("gateway"), key: asPin("A".repeat(43)) };
  readonly service: Service;
  readonly #ids = {
    asked: newId("request"),
    workstation: { id: newId("workstation"), label: "laptop" },
    device: { id: newId("device"), name: "Monitor" },
    windows: [
      { start: new Date(Date.now() - 60_000).toISOString(), end: new Date(Date.now() + 3_600_000).toISOString() },
    ],
  };

  constructor(port = 80, address = "127.0.0.1", protocol: Service["protocol"] = "tcp") {
    this.service = { id: newId("service"), name: "service", protocol, address, port };
  }

  get #base() {
    return {
      ...this.#ids,
      site: { id: this.site, name: "Hospital" },
      person: this.technician,
      services: [this.service],
      zone: "Asia/Tokyo",
      rule: "normal" as const,
    };
  }

  listStatement(change: Partial<ApproversStatement> = {}): ApproversStatement {
    return {
      type: "genkan/approvers/v1",
      site: this.site,
      version: 1,
      previous: null,
      keys: [this.approver.key(), this.second.key()],
      rules: {
        normal: [{ roles: ["approver"], persons: 1 }],
        emergency: [{ roles: ["officer"], persons: 1 }],
      },
      ...change,
    };
  }

  /** What the workstation asked for, so that `grant` follows from it; parts that a test makes up stand in both. */
  request(change: Partial<AccessRequest> = {}, granted: Partial<Grant> = {}): AccessRequest {
    const { site, person, device, services, windows, zone, rule } = { ...this.#base, ...granted };
    return askedFor({
      id: this.#base.asked,
      site,
      person: { id: person.id, name: person.name },
      vendor: { id: person.vendor, name: "Vendor" },
      workstation: { ...this.#base.workstation, thumbprints: [asThumbprint(this.workstation.thumbprint)] },
      device,
      services: services.map(serviceRef),
      windows,
      zone,
      rule,
      ...change,
    });
  }

  /** `asked` is the request that it answers. */
  grant(change: Partial<Grant> = {}, asked: AccessRequest = this.request({}, change)): Grant {
    const { id, agent } = { id: newId("grant"), agent: { id: newId("agent"), key: this.agent.pin } };
    return grantOf(asked, { id, agent, services: [this.service], ...change });
  }

  ticket(grantHash: string, nonce: string, change: Partial<Ticket> = {}): Ticket {
    return {
      session: newId("session"),
      grant: asHash(grantHash),
      agent: this.agent.pin,
      service: this.service.id,
      host: "x7.link.genkan.internal",
      client: "native",
      role: "operate",
      gateway: this.gateway,
      clientKey: asPin("A".repeat(43)),
      nonce,
      leaseMs: 15_000,
      issuedAt: new Date().toISOString(),
      ...change,
    };
  }

  signTicket(ticket: object, by: ProgramKey = this.authority): Promise<string> {
    return signStatement("genkan/ticket/v1", ticket, by.privateKey, by.pin);
  }

  /** A whole order to admit, as an honest authority gives it. */
  async order(
    nonce: string,
    o: {
      grant?: Partial<Grant>;
      ticket?: Partial<Ticket>;
      approvals?: (grantHash: string) => SignedByPasskey[];
      /** What was asked, where it is not what the grant gives. */
      request?: Partial<AccessRequest>;
      /** Who signed it. */
      asker?: Workstation;
    } = {},
  ) {
    const asked = this.request(o.request, o.grant);
    const bytes = bytesOf({ ...this.grant(o.grant, this.request({}, o.grant)), request: requestHash(asked) });
    const grantHash = statementHash("genkan/grant/v1", bytes);
    const ticket = this.ticket(grantHash, nonce, o.ticket);
    return {
      grantHash,
      session: ticket.session,
      order: {
        ticket: await this.signTicket(ticket),
        request: await (o.asker ?? this.workstation).ask(asked),
        grant: bytes.toString("base64url"),
        approvals: o.approvals ? o.approvals(grantHash) : [this.approver.approve(grantHash)],
        legTokens: Array.from({ length: 16 }, () => randomToken()),
      },
    };
  }
}

/** A folder that the test removes by calling `remove`. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "genkan-agent-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
