import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { importProgramKey, type ProgramKey } from "../../crypto/program-key.ts";
import { publicJwkOf } from "../../crypto/public-jwk.ts";
import { statementHash } from "../../crypto/statement.ts";
import { jwkThumbprint, sha256 } from "../../crypto/thumbprint.ts";
import type { AccessRequest } from "../../protocol/access-request.ts";
import { grantFor } from "../../protocol/grant-for.ts";
import { type Id, type IdKind, makeId } from "../../protocol/make-id.ts";
import type { Service } from "../../protocol/service.ts";
import { asPin } from "../brand.ts";

/** Keys and facts that are the same in every run, so that a kept input still means what it meant. None is a secret. */
const bytesOf = (name: string) => createHash("sha256").update(`genkan fuzz ${name}`).digest();

/** PKCS #8 of an Ed25519 key is this head and 32 bytes (RFC 8410, section 7). */
export const ed25519 = (name: string): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), bytesOf(name)]),
    format: "der",
    type: "pkcs8",
  });

export const x25519 = (name: string): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), bytesOf(name)]),
    format: "der",
    type: "pkcs8",
  });

/** ECPrivateKey without its public half (RFC 5915, section 3), P-256. */
export const p256 = (name: string): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([
      Buffer.from("30310201010420", "hex"),
      bytesOf(name),
      Buffer.from("a00a06082a8648ce3d030107", "hex"),
    ]),
    format: "der",
    type: "sec1",
  });

export const pemOf = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();
export const programKey = (name: string): ProgramKey => importProgramKey(pemOf(ed25519(name)));

export const id = <K extends IdKind>(kind: K, name = "one"): Id<K> => makeId(kind, bytesOf(`${kind} ${name}`));
export const token = (name: string): string => bytesOf(`token ${name}`).toString("base64url");

/** The moment at which every target lives. */
export const now = new Date("2026-03-01T09:00:00.000Z");
export const later = (ms: number): string => new Date(now.getTime() + ms).toISOString();

export const authority = programKey("authority");
export const agent = programKey("agent");
export const workstation = ed25519("workstation");
export const workstationJwk = publicJwkOf(createPublicKey(workstation));
export const browserKey = p256("browser");
export const browserJwk = publicJwkOf(createPublicKey(browserKey));

export const rp = "staff.example.org";
export const origin = "https://staff.example.org";
/** An approver's passkey, Ed25519. */
const passkey = ed25519("passkey");
export const credential = token("credential");
/** COSE_Key {1: 1, 3: -8, -1: 6, -2: x} (RFC 9053, section 7.2). */
export const passkeyCose = Buffer.concat([
  Buffer.from("a4010103272006215820", "hex"),
  Buffer.from(createPublicKey(passkey).export({ format: "jwk" }).x as string, "base64url"),
]).toString("base64url");

export const authenticatorData = Buffer.concat([createHash("sha256").update(rp).digest(), Buffer.of(5, 0, 0, 0, 0)]);
export const clientDataOf = (challenge: string): Buffer =>
  Buffer.from(JSON.stringify({ type: "webauthn.get", challenge, origin, crossOrigin: false }));

/** What a browser returns for an assertion over these bytes, honest or not. */
export function assertionOver(data: Uint8Array, client: Uint8Array) {
  const message = Buffer.concat([data, createHash("sha256").update(client).digest()]);
  return {
    authenticatorData: Buffer.from(data).toString("base64url"),
    clientDataJson: Buffer.from(client).toString("base64url"),
    signature: sign(null, message, passkey).toString("base64url"),
  };
}

export const request = {
  type: "genkan/request/v1",
  id: id("request"),
  site: { id: id("site"), name: "中央病院" },
  person: { id: id("person", "technician"), name: "田中 太郎" },
  vendor: { id: id("vendor"), name: "東都医療機器" },
  workstation: {
    id: id("workstation"),
    label: "bench-7",
    thumbprints: [jwkThumbprint(workstationJwk), jwkThumbprint(browserJwk)],
  },
  device: { id: id("device"), name: "Monitor 3-East" },
  services: [
    { id: id("service"), name: "shell", protocol: "ssh", port: 22 },
    { id: id("service", "two"), name: "page", protocol: "http", port: 80 },
  ],
  windows: [{ start: later(-60_000), end: later(3_600_000) }],
  zone: "Asia/Tokyo",
  rule: "normal",
  reason: "定期点検",
  plan: "1. 画面を開く\n2. 状態を確認する",
  workOrder: "WO-2026-0412",
} satisfies AccessRequest;
export const requestHash = statementHash("genkan/request/v1", Buffer.from(JSON.stringify(request)));

export const grant = grantFor(
  { request, hash: requestHash },
  {
    id: id("grant"),
    agent: { id: id("agent"), key: agent.pin },
    services: [
      { ...request.services[0], address: "10.20.0.7" },
      { ...request.services[1], address: "fd00::7" },
    ] as Service[],
    windows: request.windows,
  },
);
export const grantBytes = Buffer.from(JSON.stringify(grant));
export const grantHash = statementHash("genkan/grant/v1", grantBytes);

export const approval = {
  type: "genkan/approval/v1",
  grants: [grantHash],
  verdict: "approve",
  approver: id("person", "approver"),
  rp,
  nonce: token("approval"),
};
export const approvalBytes = Buffer.from(JSON.stringify(approval));

export const approvers = {
  type: "genkan/approvers/v1",
  site: id("site"),
  version: 1,
  previous: null,
  keys: [
    {
      credential,
      publicKey: passkeyCose,
      person: { id: id("person", "approver"), name: "佐藤 花子" },
      rp,
      origin,
      roles: ["approver"],
      expires: "2099-01-01T00:00:00.000Z",
    },
  ],
  rules: { normal: [{ roles: ["approver"], persons: 1 }], emergency: [{ roles: ["officer"], persons: 1 }] },
};
export const approversBytes = Buffer.from(JSON.stringify(approvers));

export const signedApproval = {
  statement: approvalBytes.toString("base64url"),
  credential,
  ...assertionOver(authenticatorData, clientDataOf(statementHash("genkan/approval/v1", approvalBytes))),
};

export const session = id("session");
export const ticket = {
  session,
  grant: grantHash,
  agent: agent.pin,
  service: id("service"),
  host: "x7.link.genkan.internal",
  client: "native",
  role: "operate",
  gateway: { id: id("gateway"), key: asPin(token("gateway")) },
  clientKey: sha256("client"),
  nonce: token("ticket"),
  leaseMs: 15_000,
  issuedAt: now.toISOString(),
};
export const lease = { audience: agent.pin, sequence: 7, sessions: [session], durationMs: 15_000 };
export const proof = { grant: grantHash, session, nonce: token("proof"), binding: `tls:${sha256("client")}` };
export const enrolment = {
  origin: "https://portal.example.org",
  subject: id("signIn"),
  issuedAt: now.toISOString(),
};

/** A compact JWS over any header and payload, well-formed or not. */
export function jwsOver(header: Uint8Array, payload: Uint8Array, key: KeyObject): string {
  const signed = `${Buffer.from(header).toString("base64url")}.${Buffer.from(payload).toString("base64url")}`;
  const ec = key.asymmetricKeyType === "ec";
  const signature = ec
    ? sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" })
    : sign(null, Buffer.from(signed), key);
  return `${signed}.${signature.toString("base64url")}`;
}

export const jsonBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** The request as its workstation signed it. */
export const signedRequest = jwsOver(
  jsonBytes({ alg: "EdDSA", typ: "genkan/request/v1", jwk: workstationJwk }),
  jsonBytes(request),
  workstation,
);
