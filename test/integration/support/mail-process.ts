import { readFileSync } from 'node:fs';
import type { Dovecot } from '../../support/dovecot.ts';

/**
 * Dovecot's own process behind one IMAP connection (Linux). It can be held, so that what it was asked for takes as
 * long as a test needs; `using` lets it go in the end.
 */
export class MailProcess implements Disposable {
  readonly #pid: number;
  #isHeld = false;

  private constructor(pid: number) {
    this.#pid = pid;
  }

  /** The process behind the latest login of `user`. */
  static async of(dovecot: Dovecot, user: string): Promise<MailProcess> {
    const logins = await dovecot.loginCount(user);
    const pattern = new RegExp(` imap-login: Info: Login: user=<${user}>, .*?, mpid=(\\d+),`, 'g');
    const pid = [...dovecot.log().matchAll(pattern)].map((match) => Number(match[1]))[logins - 1];
    if (pid === undefined) throw new Error(`Cannot find the process of ${user} in the log of the server`);
    return new MailProcess(pid);
  }

  /** Stops it in its tracks: it neither reads nor writes until `release`. */
  hold(): void {
    process.kill(this.#pid, 'SIGSTOP');
    this.#isHeld = true;
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    process.kill(this.#pid, 'SIGCONT');
  }

  /** Everything it has written so far, in octets: to its client, and little else while it answers a FETCH. */
  octetsWritten(): number {
    return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${this.#pid}/io`, 'utf8'))?.[1]);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
