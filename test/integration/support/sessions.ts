import { expect } from 'vitest';
import { passwordOf } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';

/** Logs in with the user's first password. */
export async function logIn(port: number, user: string): Promise<ImapClient> {
  return ImapClient.login(port, user, passwordOf(user));
}

/** A session that needs a server connection and leaves it as it found it. */
export async function visit(port: number, user: string): Promise<void> {
  const client = await logIn(port, user);
  await client.command('NOOP');
  await client.logout();
}

/**
 * Logs in as `user` and demands a session in which nothing has happened yet: the login is answered by its tagged
 * line alone, no mailbox is selected, and no octet comes that was not asked for. Returns all it received.
 */
export async function expectCleanLogin(port: number, user: string): Promise<string> {
  const client = await logIn(port, user);
  const fetched = await client.command('FETCH 1 FLAGS');
  expect(fetched.untagged).toEqual([]);
  expect(fetched.tagged).toMatch(/^BAD .*No mailbox selected/);
  const left = await client.logout();
  expect(left.untagged).toEqual([expect.stringMatching(/^\* BYE /)]);
  const received = receivedBy(client);
  const lines = received.split('\r\n').map((line) => line.replace(/^(\S+ \S+).*/, '$1'));
  expect(lines).toEqual(['* OK', 't1 OK', 't2 BAD', '* BYE', 't3 OK', '']);
  return received;
}

/** Every octet that `client` has received, as latin1. */
export function receivedBy(client: ImapClient): string {
  return Buffer.concat(client.chunks.map(({ octets }) => octets)).toString('latin1');
}
