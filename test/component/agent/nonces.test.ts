import { expect, test } from "vitest";
import { TicketNonces } from "../../../agent/nonces.ts";
import { limits } from "../../../protocol/limits.ts";

function book() {
  const clock = { now: 1_000 };
  let last = 0;
  const nonces = new TicketNonces({ now: () => clock.now, random: () => `n${last++}` });
  return { clock, nonces };
}

test("a nonce is good once, and only if it was given out", () => {
  const { nonces } = book();
  const nonce = nonces.issue();
  expect([nonces.take("n9"), nonces.take(nonce), nonces.take(nonce)]).toEqual([false, true, false]);
});

test("a nonce is good for its time and not a millisecond longer", () => {
  const { clock, nonces } = book();
  const [first, second] = [nonces.issue(), nonces.issue()];
  clock.now += limits.ticketNonceMs - 1;
  expect(nonces.take(first)).toBe(true);
  clock.now += 1;
  expect(nonces.take(second)).toBe(false);
});

test("no nonce outlives its link", () => {
  const { nonces } = book();
  const nonce = nonces.issue();
  nonces.void();
  expect(nonces.take(nonce)).toBe(false);
});

test("a flood is refused at the limit, and forgotten with time", () => {
  const { clock, nonces } = book();
  for (let given = 0; given < limits.ticketNonces; given++) nonces.issue();
  expect(() => nonces.issue()).toThrow(expect.objectContaining({ code: "too-many" }));
  clock.now += limits.ticketNonceMs;
  expect(nonces.take(nonces.issue())).toBe(true);
});
