import type { AccessRequest } from "../../protocol/access-request.ts";
import type { Thumbprint } from "../../protocol/brand.ts";
import type { EnrolmentProof, Proof, StatementType } from "../../protocol/statement.ts";
import type { PublicJwk } from "../../protocol/workstation.ts";
import { toBase64Url } from "../app/bytes.ts";
import { now } from "../app/clock.ts";
import { thumbprint } from "../app/thumbprint.ts";
import type { DeviceCode } from "../app/views.ts";

/**
 * The browser's part of a technician's workstation: an ECDSA P-256 key that the browser never hands out, kept in this
 * origin's IndexedDB. One for each person, so that two who share a computer do not share a workstation.
 */
const database = "genkan";
const store = "workstation-keys";
/** Thumbprints of terminals that were confirmed here, by person, the newest first. */
const terminals = "terminals";
const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;

/** Signs the enrolment of this browser's key, or of a terminal that joins it, at the authority's time, which is its judge. */
export function proveKey(person: string, subject: string): Promise<string> {
  const payload = { origin: location.origin, subject, issuedAt: new Date(now()).toISOString() };
  return signAs(person, "genkan/enrolment/v1", payload satisfies EnrolmentProof);
}

/**
 * Signs that this terminal's key joins the workstation, and remembers the key as one that its person has compared: requests
 * from here name it from now on.
 */
export async function proveTerminal(person: string, { userCode, thumbprint: key }: DeviceCode): Promise<string> {
  if (key !== null)
    await withStore(terminals, "readwrite", async (kept) => {
      const before = (await done<Thumbprint[] | undefined>(kept.get(person))) ?? [];
      await done(kept.put([key, ...before.filter((one) => one !== key)], person));
    });
  return proveKey(person, `device-code:${userCode}`);
}

/** Thumbprints that this browser vouches for: its own key's first, then those of terminals that were confirmed here. */
export async function knownKeys(person: string): Promise<Thumbprint[]> {
  const { publicKey } = await ownKey(person);
  const own = await thumbprint(await publicJwk(publicKey));
  const confirmed = await withStore(terminals, "readonly", (kept) => done<Thumbprint[] | undefined>(kept.get(person)));
  return [own, ...(confirmed ?? [])];
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
  const header = { alg: "ES256", typ: type, jwk: await publicJwk(pair.publicKey) };
  const input = `${encode(header)}.${encode(payload)}`;
  // WebCrypto gives r and s side by side, which is what RFC 7518, section 3.4, wants.
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    pair.privateKey,
    new TextEncoder().encode(input),
  );
  return `${input}.${toBase64Url(new Uint8Array(signature))}`;
}

async function publicJwk(key: CryptoKey): Promise<PublicJwk> {
  const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", key);
  return { kty: "EC", crv: "P-256", x, y };
}

function encode(value: object): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(value)));
}

async function ownKey(person: string): Promise<CryptoKeyPair> {
  const read = () => withStore(store, "readonly", (keys) => done<CryptoKeyPair | undefined>(keys.get(person)));
  const known = await read();
  if (known) return known;
  const made = await crypto.subtle.generateKey(algorithm, false, ["sign"]);
  try {
    await withStore(store, "readwrite", (keys) => done(keys.add(made, person)));
    return made;
  } catch (error) {
    // Another tab was first; its key is the one.
    const first = await read();
    if (first) return first;
    throw error;
  }
}

async function withStore<T>(
  name: string,
  mode: IDBTransactionMode,
  work: (opened: IDBObjectStore) => Promise<T>,
): Promise<T> {
  const opened = await openDatabase();
  try {
    return await work(opened.transaction(name, mode).objectStore(name));
  } finally {
    opened.close();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open(database, 1);
  opening.onupgradeneeded = () => {
    for (const name of [store, terminals]) opening.result.createObjectStore(name);
  };
  return done(opening);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB failed."));
  });
}
