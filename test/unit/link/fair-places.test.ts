import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FairPlaces, type Guest } from "../../../link/fair-places.ts";

interface Numbered extends Guest {
  readonly number: number;
}

describe("fair places", () => {
  const open = (most: number, mostPerNetwork: number) => {
    const evicted: number[] = [];
    const places = new FairPlaces<Numbered>({ most, mostPerNetwork, evict: ({ number }) => evicted.push(number) });
    return { places, evicted };
  };

  test("are taken from the network that holds most, longest silent first", () => {
    const { places, evicted } = open(3, 3);
    const [a1, a2] = [1, 2].map((number) => ({ network: "a", number })) as [Numbered, Numbered];
    places.take(a1);
    places.take(a2);
    places.take({ network: "b", number: 3 });
    places.renew(a1);
    places.take({ network: "c", number: 4 });
    expect(evicted).toEqual([2]);
  });

  test("leave a network no more than its share, whatever else is free", () => {
    const { places, evicted } = open(10, 2);
    for (const number of [1, 2, 3]) places.take({ network: "a", number });
    expect(evicted).toEqual([1]);
    expect([places.taken, places.share("a"), places.share("b")]).toEqual([2, 2, 0]);
  });

  test("never hold more than there are, and never turn a newcomer away", () => {
    const arrivals = fc.array(fc.record({ network: fc.constantFrom("a", "b", "c", "d"), leaves: fc.boolean() }));
    fc.assert(
      fc.property(arrivals, (list) => {
        const { places, evicted } = open(5, 3);
        const inside = new Set<number>();
        list.forEach(({ network, leaves }, number) => {
          const guest = { network, number };
          places.take(guest);
          inside.add(number);
          for (const one of evicted.splice(0)) {
            expect(one).not.toBe(number);
            expect(inside.delete(one)).toBe(true);
          }
          if (leaves) {
            places.leave(guest);
            places.leave(guest);
            inside.delete(number);
          }
          expect(places.taken).toBe(inside.size);
          expect(places.taken).toBeLessThanOrEqual(5);
          for (const one of ["a", "b", "c", "d"]) expect(places.share(one)).toBeLessThanOrEqual(3);
        });
      }),
    );
  });
});
