import type { Address } from './address.ts';
import type { ImapConnection } from './imap-connection.ts';
import { openSession, spread } from './session.ts';

/** No more than fit into the classic daemon's queue of connections: the kernel drops others without a word. */
const AT_ONCE = 4;

/** Sessions that a thread keeps open from one job to the next. */
export class HeldSessions {
  #sessions: ImapConnection[] = [];

  get all(): readonly ImapConnection[] {
    return this.#sessions;
  }

  /** Opens one more session for each of `users`. */
  async open(address: Address, users: readonly string[]): Promise<void> {
    await spread(users.length, AT_ONCE, async (index) => {
      this.#sessions.push(await openSession(address, users[index] ?? ''));
    });
  }

  /** Ends all of them without a word, which is quicker than to log them out, and nothing that is measured. */
  release(): void {
    for (const session of this.#sessions) session.destroy();
    this.#sessions = [];
  }
}
