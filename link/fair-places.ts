/** Anything that takes one of the places, and can be made to leave it. */
export interface Guest {
  /** On whose account: `networkOf` its address. */
  readonly network: string;
}

/**
 * A bounded number of places, each network's share bounded too. A newcomer always gets one: where its network has had its
 * share, that network's longest waiting guest leaves; where all places are taken, that of the network that holds most. So
 * whoever floods crowds out himself, and everybody else finds a place.
 */
export class FairPlaces<G extends Guest> {
  readonly #most: number;
  readonly #mostPerNetwork: number;
  readonly #evict: (guest: G) => void;
  /** Oldest first, in both. */
  readonly #networks = new Map<string, Set<G>>();
  #taken = 0;

  constructor(o: { most: number; mostPerNetwork: number; evict: (guest: G) => void }) {
    this.#most = o.most;
    this.#mostPerNetwork = o.mostPerNetwork;
    this.#evict = o.evict;
  }

  get taken(): number {
    return this.#taken;
  }

  /** How many of its places this network holds. */
  share(network: string): number {
    return this.#networks.get(network)?.size ?? 0;
  }

  take(guest: G): void {
    const own = this.#networks.get(guest.network);
    if (own && own.size >= this.#mostPerNetwork) this.#dismiss(own);
    else if (this.#taken >= this.#most) this.#dismiss(this.#greediest());
    const guests = this.#networks.get(guest.network) ?? new Set();
    guests.add(guest);
    this.#networks.set(guest.network, guests);
    this.#taken += 1;
  }

  /** Its place is free again. Idempotent. */
  leave(guest: G): void {
    const guests = this.#networks.get(guest.network);
    if (!guests?.delete(guest)) return;
    this.#taken -= 1;
    if (guests.size === 0) this.#networks.delete(guest.network);
  }

  /** It has been of use just now: others of its network leave before it. */
  renew(guest: G): void {
    const guests = this.#networks.get(guest.network);
    if (guests?.delete(guest)) guests.add(guest);
  }

  #greediest(): ReadonlySet<G> {
    let most: ReadonlySet<G> = new Set();
    for (const guests of this.#networks.values()) if (guests.size > most.size) most = guests;
    return most;
  }

  #dismiss(guests: ReadonlySet<G>): void {
    const [oldest] = guests;
    if (!oldest) return;
    this.leave(oldest);
    this.#evict(oldest);
  }
}
