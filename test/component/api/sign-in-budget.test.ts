import { describe, expect, test } from "vitest";
import { SignInBudget } from "../../../api/sign-in-budget.ts";
import { limits } from "../../../protocol/limits.ts";

const near = "203.0.113.7";
const far = "198.51.100.9";
const { signInFailures: own, signInFailuresPerAddress: all, signInFailuresWindowMs: window } = limits;

/** How many of so many tries are let through. */
function passed(
  budget: SignInBudget,
  tries: number,
  of: (n: number) => [network: string, login: string],
  now = 0,
  known = false,
) {
  let count = 0;
  for (let n = 0; n < tries; n++)
    try {
      budget.take(...of(n), known, now);
      count++;
    } catch (error) {
      expect(error).toMatchObject({ code: "too-many" });
    }
  return count;
}

describe("a budget of passwords that fail", () => {
  test.each([
    ["the same network", near],
    ["another network", far],
  ])("of one account and network stays spent, whatever other names %s tries", (_, network) => {
    const budget = new SignInBudget();
    expect(passed(budget, own + 3, () => [near, "sato"])).toBe(own);
    passed(budget, 25_000, (n) => [network, `name${n}`], 1);
    expect(passed(budget, 1, () => [near, "sato"], 2)).toBe(0);
    expect(passed(budget, 1, () => ["192.0.2.1", "sato"], 2)).toBe(1);
  });

  test("of one network is for all names together, and for no other network", () => {
    const budget = new SignInBudget();
    expect(passed(budget, 2 * all, (n) => [near, `name${n}`])).toBe(all);
    expect(passed(budget, 1, () => [far, "name0"])).toBe(1);
    expect(passed(budget, 1, () => [near, "sato"], window - 1)).toBe(0);
    expect(passed(budget, 1, () => [near, "sato"], window)).toBe(1);
  });

  test("that is spent for one account costs those who sign in from the same network nothing", () => {
    const budget = new SignInBudget();
    passed(budget, 10 * all, () => [near, "sato"]);
    expect(passed(budget, all - own, (n) => [near, `name${n}`])).toBe(all - own);
  });

  test("gets back what a success had taken, for the account and for the network", () => {
    const budget = new SignInBudget();
    for (let n = 0; n < 3 * all; n++) {
      budget.take(near, "sato", false, n);
      budget.forgive(near, "sato", n);
    }
    expect(passed(budget, own, () => [near, "sato"], 3 * all)).toBe(own);
  });

  test("of one account is one over all networks from which its owner never came, and its owner's own is another", () => {
    const budget = new SignInBudget();
    const everywhere = limits.signInFailuresPerAccount;
    expect(passed(budget, 3 * everywhere, (n) => [`10.0.0.${n}`, "sato"])).toBe(everywhere);
    expect(passed(budget, 1, () => [far, "sato"])).toBe(0);
    expect(passed(budget, 1, () => [near, "sato"], 0, true)).toBe(1);
    expect(passed(budget, own, () => [far, "sato"])).toBe(0);
    // Another account is not meant, and no network has paid for what was refused.
    expect(passed(budget, all, (n) => [far, `name${n}`])).toBe(all);
    expect(passed(budget, 1, () => [far, "sato"], window)).toBe(1);
  });
});
