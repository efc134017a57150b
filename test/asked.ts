import { newId } from "../crypto/random.ts";
import { statementHash } from "../crypto/statement.ts";
import type { AccessRequest } from "../protocol/access-request.ts";
import type { Grant } from "../protocol/grant.ts";
import { grantFor } from "../protocol/grant-for.ts";
import type { Service } from "../protocol/service.ts";
import type { StoredRequest } from "../store/request.ts";
import { asPin, asThumbprint } from "./brand.ts";

/** What a technician asks for, with made-up names where a test does not care. */
export function askedFor(change: Partial<AccessRequest> = {}): AccessRequest {
  const now = Date.now();
  return {
    type: "genkan/request/v1",
    id: newId("request"),
    site: { id: newId("site"), name: "Hospital" },
    person: { id: newId("person"), name: "Tech" },
    vendor: { id: newId("vendor"), name: "Vendor" },
    workstation: { id: newId("workstation"), label: "laptop", thumbprints: [asThumbprint("A".repeat(43))] },
    device: { id: newId("device"), name: "Monitor" },
    services: [{ id: newId("service"), name: "shell", protocol: "ssh", port: 22 }],
    windows: [{ start: new Date(now - 60_000).toISOString(), end: new Date(now + 3_600_000).toISOString() }],
    zone: "Asia/Tokyo",
    rule: "normal",
    reason: "A log is full",
    plan: "Look at the log",
    workOrder: null,
    ...change,
  };
}

export const requestHash = (request: AccessRequest) =>
  statementHash("genkan/request/v1", Buffer.from(JSON.stringify(request)));

/** A row of the store for a request that nobody signed: for tests of what reads rows. */
export function keptUnsigned(request: AccessRequest): StoredRequest {
  const payload = Buffer.from(JSON.stringify(request)).toString("base64url");
  return { request, hash: requestHash(request), statement: `e30.${payload}.AA` };
}

/** The grant that answers a request, at an agent whose key nobody has unless told. */
export function grantOf(request: AccessRequest, change: Partial<Grant> = {}): Grant {
  const services: Service[] = request.services.map((service) => ({ ...service, address: "10.0.0.1" }));
  const agent = { id: newId("agent"), key: asPin("A".repeat(43)) };
  const given = { id: newId("grant"), agent, services, windows: request.windows };
  return { ...grantFor({ request, hash: requestHash(request) }, given), ...change };
}
