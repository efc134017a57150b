import { limits } from "../protocol/limits.ts";
import { TryBudget } from "./try-budget.ts";

/**
 * Passwords that fail: of one account and network, and of one network over all accounts. The second is wide, for a
 * hospital's people come from one address; without it whoever tries enough names would have the first one forgotten, and
 * one password could be tried on everybody. And of one account over all networks from which its owner never came: an attacker
 * has many. Nobody is locked out of their own place by any of them (A16).
 */
export class SignInBudget {
  readonly #accounts = new TryBudget(limits.signInFailures, limits.signInFailuresWindowMs);
  readonly #elsewhere = new TryBudget(limits.signInFailuresPerAccount, limits.signInFailuresWindowMs);
  readonly #networks = new TryBudget(limits.signInFailuresPerAddress, limits.signInFailuresWindowMs);

  /**
   * Before the try is judged. `known` says that the account's owner has signed in from this network before. Throws `too-many`
   * when one is spent. `now` is epoch milliseconds.
   */
  take(network: string, login: string, known: boolean, now: number): void {
    const account = accountOf(network, login);
    if (!known) this.#elsewhere.check(login, now);
    // An account without tries left gets no password checked, so its network is not charged for it.
    this.#accounts.check(account, now);
    // A try that the network may not make opens no budget for the account: few are kept, and it would push another out.
    this.#networks.take(network, now);
    this.#accounts.take(account, now);
    if (!known) this.#elsewhere.take(login, now);
  }

  /** The try that was taken at `now` was right. */
  forgive(network: string, login: string, now: number): void {
    this.#networks.forgive(network, now);
    this.#elsewhere.forgive(login, now);
    this.#accounts.forgive(accountOf(network, login), now);
  }
}

const accountOf = (network: string, login: string) => `${network} ${login}`;
