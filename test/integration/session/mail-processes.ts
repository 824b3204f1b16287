import type { Dovecot } from '../../support/dovecot.ts';
import { waitUntil } from '../../support/wait-until.ts';

const LOGIN = / imap-login: Info: Login: user=<(.*?)>, .*?, mpid=(\d+),/g;

/** The processes that Dovecot has started for the logins of one user, found in its log, which is read only once. */
export class MailProcesses {
  readonly #dovecot: Dovecot;
  readonly #user: string;
  readonly #pids: number[] = [];
  #read = 0;

  constructor(dovecot: Dovecot, user: string) {
    this.#dovecot = dovecot;
    this.#user = user;
  }

  /** The process behind login `index`, counted from 0; waits until it is in the log. */
  async of(index: number): Promise<number> {
    return waitUntil(
      () => {
        this.#readOn();
        return this.#pids[index];
      },
      { what: `login ${index} of ${this.#user} in the log` },
    );
  }

  #readOn(): void {
    const log = this.#dovecot.log();
    const end = log.lastIndexOf('\n') + 1;
    for (const [, user, pid] of log.slice(this.#read, end).matchAll(LOGIN)) {
      if (user === this.#user) this.#pids.push(Number(pid));
    }
    this.#read = end;
  }
}
