import type { Random } from '../random.ts';

/** A user of the server, whose password changes from time to time. */
export class Account {
  readonly name: string;
  readonly #secret: string;
  /** Counts the changes of the password. */
  version = 0;

  constructor(name: string, secret: string) {
    this.name = name;
    this.#secret = secret;
  }

  password(version: number): string {
    return `${this.#secret}v${version}`;
  }
}

/** Who logs in, as what a client gives or what a server has seen. */
export interface Login {
  readonly account: Account;
  /** Of the password; -1 for one that never was any. */
  readonly version: number;
  /** As whom it acts. */
  readonly identity: string;
}

/** How much of the time the few users that are busy just now take. */
const BUSY_SHARE = 0.95;

const BUSY_USERS = 8;

/** Thousands of users, of whom a few are busy at a time. */
export class Accounts {
  readonly #accounts: Account[] = [];
  readonly #byName = new Map<string, Account>();
  readonly #random: Random;
  #firstBusy = 0;

  /** Each two neighbours have names and passwords that are the same when written one behind the other. */
  constructor(count: number, random: Random) {
    this.#random = random;
    for (let index = 0; index < count; index += 1) {
      const pair = Math.floor(index / 2);
      const account = index % 2 === 0 ? new Account(`m${pair}`, 'a.') : new Account(`m${pair}a`, '.');
      this.#accounts.push(account);
      this.#byName.set(account.name, account);
    }
  }

  find(name: string): Account | undefined {
    return this.#byName.get(name);
  }

  pick(): Account {
    if (this.#random.chance(0.003)) this.#firstBusy = this.#random.below(this.#accounts.length);
    const index = this.#random.chance(BUSY_SHARE)
      ? this.#firstBusy + this.#random.below(BUSY_USERS)
      : this.#random.below(this.#accounts.length);
    const account = this.#accounts[index % this.#accounts.length];
    if (account === undefined) throw new Error('There are no accounts');
    return account;
  }
}
