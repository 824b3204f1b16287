import type { Address } from './address.ts';
import { passwordOf } from './conversation.ts';
import { ImapConnection } from './imap-connection.ts';

/** A connection that has logged in and opened INBOX, so that it holds a server connection through any proxy. */
export async function openSession(address: Address, user: string): Promise<ImapConnection> {
  const connection = await ImapConnection.open(address);
  await connection.command(`LOGIN ${user} ${passwordOf(user)}`);
  await connection.command('SELECT INBOX');
  return connection;
}

/** Runs `work` on the numbers from 0 to `count - 1`, `atOnce` of them at the same time. */
export async function spread(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const take = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, take));
}
