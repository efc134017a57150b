import type { Id } from "../protocol/make-id.ts";
import { findAgent } from "../store/agent.ts";
import { findContract } from "../store/contract.ts";
import type { Db } from "../store/database.ts";
import { findDevice } from "../store/device.ts";
import { findGrant } from "../store/grant.ts";
import { locksInForce } from "../store/lock.ts";
import { findPerson } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { countLiveSessions } from "../store/session.ts";
import { findSignInById } from "../store/sign-in.ts";
import { findWorkstation } from "../store/workstation.ts";
import { currentApprovers } from "./approvers.ts";

/**
 * Reads what decisions on sessions stand on, without the caller's scope: locks and contracts concern all. Each row is read
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

  locks() {
    return this.#once("locks", (db) => locksInForce(db));
  }

  liveSessions(grant: Id<"grant">) {
    return this.#once(`sessions ${grant}`, (db, all) => countLiveSessions(db, all, grant));
  }

  #once<T>(what: string, read: (db: Db, all: Scope) => Promise<T>): Promise<T> {
    const reading = (this.#read.get(what) as Promise<T> | undefined) ?? read(this.#db, Scope.system());
    this.#read.set(what, reading);
    return reading;
  }
}
