import type { ApproversStatement } from "../protocol/approvers.ts";
import type { Factor } from "../protocol/factor.ts";
import type { Id } from "../protocol/make-id.ts";
import type { SignedByPasskey } from "../protocol/statement.ts";
import { findAgent } from "../store/agent.ts";
import { findAttested, readAttestationInterval } from "../store/attestation.ts";
import { findContract } from "../store/contract.ts";
import type { Db } from "../store/database.ts";
import { type Device, findDevice } from "../store/device.ts";
import { findGrant } from "../store/grant.ts";
import { locksInForce } from "../store/lock.ts";
import { findPerson, type Person, vendorOf } from "../store/person.ts";
import { countOpenRequests } from "../store/request.ts";
import { Scope } from "../store/scope.ts";
import { countLiveSessions } from "../store/session.ts";
import { findSignInById } from "../store/sign-in.ts";
import { findConsent } from "../store/subcontract.ts";
import { findWorkstation } from "../store/workstation.ts";
import { countedSigners, currentApprovers } from "./approvers.ts";
import { countFactors } from "./caller.ts";
import { deviceFacts, personFacts, workstationFacts } from "./facts.ts";

/**
 * Reads what decisions stand on, without the caller's scope: locks and contracts concern all. Each row is read
 * once, for a round of leases decides a thousand sessions on the same few. What changes after the first reading raises the
 * epoch, so that the next round, with a reader of its own, decides again.
 */
export class FactReader {
  readonly #db: Db;
  readonly now: Date;
  readonly #read = new Map<string, Promise<unknown>>();

  constructor(db: Db, now: Date) {
    this.#db = db;
    this.now = now;
  }

  grant(id: Id<"grant">) {
    return this.#once(`grant ${id}`, (db, all) => findGrant(db, all, id));
  }

  person(id: Id<"person">) {
    return this.#once(`person ${id}`, (db, all) => findPerson(db, all, id, this.now));
  }

  signIn(id: Id<"signIn">) {
    return this.#once(`sign-in ${id}`, (db) => findSignInById(db, id));
  }

  workstation(id: Id<"workstation">) {
    return this.#once(`workstation ${id}`, (db, all) => findWorkstation(db, all, id));
  }

  agent(id: Id<"agent">) {
    return this.#once(`agent ${id}`, (db, all) => findAgent(db, all, id));
  }

  device(id: Id<"device">) {
    return this.#once(`device ${id}`, (db, all) => findDevice(db, all, id));
  }

  /** The site's list of approvers in force. */
  approvers(site: Id<"site">) {
    return this.#once(`approvers ${site}`, (db, all) => currentApprovers(db, all, site));
  }

  contract(vendor: Id<"vendor">, device: Id<"device">) {
    return this.#once(`contract ${vendor} ${device}`, (db, all) => findContract(db, all, vendor, device, this.now));
  }

  /** For how long a company may work on another's devices at a site. */
  consent(of: { site: Id<"site">; vendor: Id<"vendor">; subcontractor: Id<"vendor"> }) {
    return this.#once(`consent ${of.site} ${of.vendor} ${of.subcontractor}`, (db, all) => findConsent(db, all, of));
  }

  /** Until when a company's word counts that somebody works there, epoch milliseconds; null where nobody has to give it. */
  async attestedUntil(person: Id<"person">, vendor: Id<"vendor"> | null): Promise<number | null> {
    if (vendor === null) return null;
    const said = await this.#once(`attested ${person} ${vendor}`, (db, all) => findAttested(db, all, person, vendor));
    return (said ?? 0) + (await this.#once("attestation interval", (db) => readAttestationInterval(db)));
  }

  locks() {
    return this.#once("locks", (db) => locksInForce(db));
  }

  liveSessions(grant: Id<"grant">) {
    return this.#once(`sessions ${grant}`, (db, all) => countLiveSessions(db, all, grant));
  }

  openRequests(person: Id<"person">) {
    return this.#once(`requests ${person}`, (db, all) => countOpenRequests(db, all, person, this.now));
  }

  /** Who of these signatures counts now by the site's list, which may be none. */
  async signers(list: ApproversStatement | null, signed: readonly Pick<SignedByPasskey, "credential">[]) {
    return list ? countedSigners(list, signed, (id) => this.person(id), this.now) : [];
  }

  /**
   * What every decision stands on: a person, signed in at a workstation, who wants a device. Gathered here alone, whether they
   * ask, somebody approves, or a session begins or lives on.
   */
  async standing(of: {
    person: Person;
    factors: readonly Factor[];
    workstation: Id<"workstation"> | null;
    device: Device;
    vendor: Id<"vendor">;
  }) {
    const { site, vendor } = of.device;
    // What is granted to a company stands on its own consent, not on that of another to which somebody has gone.
    const sub = of.vendor !== vendor.id && vendorOf(of.person)?.id === of.vendor;
    return {
      person: personFacts(of.person, of.device),
      signIn: { factors: countFactors(of.factors) },
      workstation: of.workstation === null ? null : workstationFacts(await this.workstation(of.workstation)),
      device: deviceFacts(of.device),
      // The vendor's own, whoever works for it.
      contract: await this.contract(vendor.id, of.device.id),
      attestedUntil: await this.attestedUntil(of.person.id, vendorOf(of.person)?.id ?? null),
      consent: sub ? await this.consent({ site: site.id, vendor: vendor.id, subcontractor: of.vendor }) : null,
      locks: await this.locks(),
    };
  }

  #once<T>(what: string, read: (db: Db, all: Scope) => Promise<T>): Promise<T> {
    const reading = (this.#read.get(what) as Promise<T> | undefined) ?? read(this.#db, Scope.system());
    this.#read.set(what, reading);
    return reading;
  }
}
