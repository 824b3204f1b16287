import { expect } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import {
  admit,
  mailServer,
  PASSWORD,
  type ProxiedServer,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** How a client can go without LOGOUT. */
export const WAYS = [['FIN'], ['RST']] as const;

export function leave(client: ImapClient, how: 'FIN' | 'RST'): void {
  if (how === 'FIN') client.halfClose();
  else client.reset();
}

/** A server whose first connection goes on as `script` says after the login; every other is an ordinary one. */
export function serving(
  script: (connection: ScriptedConnection) => Promise<unknown>,
): Promise<ProxiedServer> {
  return startProxied(async (connection, index) => {
    if (index > 0) return mailServer()(connection, index);
    await admit(connection);
    await script(connection);
  });
}

/** Waits until connection 0 has received `octets`. */
export async function hasReceived({ upstream }: ProxiedServer, octets: string): Promise<void> {
  const connection = await upstream(0);
  await waitUntil(() => connection.received.includes(octets), { what: `"${octets}" at the server` });
}

/** Waits until the proxy gives a session without a client a limited time. */
export async function drains({ proxy }: ProxiedServer): Promise<void> {
  await waitUntil(() => proxy.clock.pending > 0, { what: 'the limit of the drain' });
}

/**
 * The next session of the user, which must go like the first on a new connection. Returns the connection that it got,
 * counted from 0.
 */
export async function nextSession({ proxy, upstreams }: ProxiedServer): Promise<number> {
  using client = await ImapClient.connect(proxy.port);
  await client.send(`n1 LOGIN ${USER} "${PASSWORD}"\r\nn2 NOOP\r\nn3 LOGOUT\r\n`);
  const lines = (await client.readToEnd()).split('\r\n');
  const beginnings = lines.map((line) => line.split(' ', 2).join(' '));
  expect(beginnings).toEqual(['* OK', 'n1 OK', 'n2 OK', '* BYE', 'n3 OK', '']);
  const index = upstreams().findIndex(({ received }) => received.includes('\r\nn2 NOOP\r\n'));
  expect(upstreams()[index]?.received).not.toContain('n3');
  return index;
}
