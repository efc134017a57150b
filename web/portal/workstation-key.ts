import type { AccessRequest } from "../../protocol/access-request.ts";
import type { EnrolmentProof, Proof, StatementType } from "../../protocol/statement.ts";
import { toBase64Url } from "../app/bytes.ts";
import { now } from "../app/clock.ts";

/**
 * The browser's part of a technician's workstation: an ECDSA P-256 key that the browser never hands out, kept in this
 * origin's IndexedDB. One for each person, so that two who share a computer do not share a workstation.
 */
const database = "genkan";
const store = "workstation-keys";
const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;

/** Signs the enrolment of this browser's key, or of a terminal that joins it, at the authority's time, which is its judge. */
export function proveKey(person: string, subject: string): Promise<string> {
  const payload = { origin: location.origin, subject, issuedAt: new Date(now()).toISOString() };
  return signAs(person, "genkan/enrolment/v1", payload satisfies EnrolmentProof);
}

/** Signs that it is this workstation which opens this session. */
export function proveSession(person: string, payload: Proof): Promise<string> {
  return signAs(person, "genkan/proof/v1", payload);
}

/** Signs what is asked for, as it will be kept and carried. */
export function signRequest(request: AccessRequest): Promise<string> {
  return signAs(request.person.id, "genkan/request/v1", request);
}

/** Compact JWS (RFC 7515), ES256, with the public key in the header. */
async function signAs(person: string, type: StatementType, payload: object): Promise<string> {
  const pair = await ownKey(person);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const header = { alg: "ES256", typ: type, jwk: { kty, crv, x, y } };
  const input = `${encode(header)}.${encode(payload)}`;
  // WebCrypto gives r and s side by side, which is what RFC 7518, section 3.4, wants.
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    pair.privateKey,
    new TextEncoder().encode(input),
  );
  return `${input}.${toBase64Url(new Uint8Array(signature))}`;
}

function encode(value: object): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(value)));
}

async function ownKey(person: string): Promise<CryptoKeyPair> {
  const opened = await openDatabase();
  try {
    const known = await done<CryptoKeyPair | undefined>(opened.transaction(store).objectStore(store).get(person));
    if (known) return known;
    const made = await crypto.subtle.generateKey(algorithm, false, ["sign"]);
    try {
      await done(opened.transaction(store, "readwrite").objectStore(store).add(made, person));
      return made;
    } catch {
      // Another tab was first; its key is the one.
      return await done<CryptoKeyPair>(opened.transaction(store).objectStore(store).get(person));
    }
  } finally {
    opened.close();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open(database, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(store);
  return done(opening);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB failed."));
  });
}
