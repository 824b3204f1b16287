import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import {
  mailServer,
  PASSWORD,
  type ProxiedServer,
  parkOne,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';

const LOGIN = `a LOGIN ${USER} "${PASSWORD}"\r\n`;
const ANSWERS = { SELECT: ['* 3 EXISTS', '$ OK [READ-WRITE] Done'], SEARCH: ['* SEARCH', '$ OK Done'] };

/** Sends `pieces` so that each is read for itself. */
async function sendInPieces(client: ImapClient, pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    await client.send(piece);
    // Two turns of the event loop: one for the arrival, one for what the proxy makes of it.
    await setImmediate();
    await setImmediate();
  }
}

describe.each([
  ['that the server answers', false],
  ['from memory', true],
])('Behind a login %s', (_, isHot) => {
  async function start(): Promise<ProxiedServer> {
    const setup = await startProxied(mailServer(ANSWERS));
    if (isHot) await parkOne(setup.proxy);
    return setup;
  }

  it('the first command may come in two pieces', async () => {
    const { proxy } = await start();
    using client = await ImapClient.login(proxy.port, USER, PASSWORD);

    await sendInPieces(client, ['x SELECT', ' INBOX\r\n']);

    expect(await client.readReply('x')).toMatchObject({ untagged: ['* 3 EXISTS'], status: 'OK' });
  });

  it('the line end of the first command may come for itself', async () => {
    const { proxy } = await start();
    using client = await ImapClient.login(proxy.port, USER, PASSWORD);

    await sendInPieces(client, ['x SELECT INBOX', '\r', '\n']);

    expect(await client.readReply('x')).toMatchObject({ untagged: ['* 3 EXISTS'], status: 'OK' });
  });

  it('a whole session may come octet by octet, login included', async () => {
    const { proxy } = await start();
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    await sendInPieces(client, `${LOGIN}b SELECT INBOX\r\nc LOGOUT\r\n`);

    expect(await client.readToEnd()).toMatch(
      /^a OK .*\r\n\* 3 EXISTS\r\nb OK \[READ-WRITE\] Done\r\n\* BYE .*\r\nc OK Completed\r\n$/,
    );
  });

  it('the first command may be longer than a read, and than what is looked at of it', async () => {
    const { proxy } = await start();
    using client = await ImapClient.login(proxy.port, USER, PASSWORD);

    await client.send(`x SEARCH UID ${'1234567,'.repeat(30_000)}9\r\n`);

    expect((await client.readReply('x')).status).toBe('OK');
  });

  it.each([['FIN'], ['RST']])('a client that sends half a command and then %s is let go', async (how) => {
    const { proxy } = await start();
    using client = await ImapClient.login(proxy.port, USER, PASSWORD);

    await sendInPieces(client, ['x SEL', 'ECT INB']);
    if (how === 'FIN') client.halfClose();
    else client.reset();

    await proxy.waitForPool({ leased: 0, reserved: 0 });
    expect(proxy.log('session ended').at(-1)).toMatchObject({ reason: 'client closed' });
  });
});
