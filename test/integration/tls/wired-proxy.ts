import { expect } from 'vitest';
import type { Directives } from '../../support/daemon-process.ts';
import { passwordOf } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { InProcessProxy } from '../../support/in-process-proxy.ts';
import { RecordingForwarder, type Target } from './recording-forwarder.ts';

export const UNAVAILABLE = 'NO [UNAVAILABLE] Mail server is not available at the moment';

const PASSWORD = passwordOf('alice');

/** A proxy, and the wire to its server, on which everything is seen. For use inside a test. */
export interface WiredProxy {
  readonly proxy: InProcessProxy;
  readonly wire: RecordingForwarder;
}

export async function startProxy(target: Target, directives: Directives): Promise<WiredProxy> {
  const wire = await RecordingForwarder.start(target);
  return { wire, proxy: await InProcessProxy.start(wire.port, { directives }) };
}

/** Logs in on a connection of its own. @returns the tagged answer. */
export async function logIn({ port }: InProcessProxy): Promise<string> {
  using client = await ImapClient.connect(port);
  await client.readGreeting();
  return (await client.command(`LOGIN alice ${PASSWORD}`)).tagged;
}

/** What webmail does for one page: message 1 must be there. */
export async function viewPage(proxy: InProcessProxy): Promise<void> {
  const client = await ImapClient.login(proxy.port, 'alice', PASSWORD);
  expect((await client.command('SELECT INBOX')).status).toBe('OK');
  expect((await client.command('FETCH 1 FLAGS')).status).toBe('OK');
  await client.logout();
  await proxy.waitForPool({ parked: 1 });
}

/** What the log says about the last login that failed. */
export function errorOf(proxy: InProcessProxy): unknown {
  const errors = proxy.log('login refused').map(({ error }) => error);
  return errors.at(-1);
}

/** Demands that nothing of what a login is made of can be read on the way. */
export function expectSecret({ sent }: RecordingForwarder): void {
  const plain = Buffer.from(`\0alice\0${PASSWORD}`).toString('base64');
  for (const word of ['alice', PASSWORD, plain, 'LOGIN', 'AUTHENTICATE']) expect(sent).not.toContain(word);
}
