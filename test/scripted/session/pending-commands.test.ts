import { expect, it } from 'vitest';
import { MAX_PENDING_COMMANDS } from '../../../src/protocol/limits.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { admit, PASSWORD, startProxied, USER } from '../../support/proxied-server.ts';
import { tagOf } from '../../support/scripted-imap.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { waitUntilSettled } from '../../support/wait-until-settled.ts';

const COMMANDS = 20_000;

/** `count` commands with the tags p0, p1 and so on. */
function pipeline(count: number): string {
  return Array.from({ length: count }, (_, at) => `p${at} NOOP\r\n`).join('');
}

function answers(count: number): string {
  return Array.from({ length: count }, (_, at) => `p${at} OK Done\r\n`).join('');
}

it('A pipeline of any length is answered in its order by a server that answers as it reads', async () => {
  const { proxy } = await startProxied(async (connection) => {
    await admit(connection);
    for (;;) {
      const line = await connection.lineOrEnd();
      if (line === undefined) return;
      await connection.send(`${tagOf(line)} OK Done\r\n`);
    }
  });
  using client = await ImapClient.login(proxy.port, USER, PASSWORD);
  const read = client.chunks.length;

  await client.send(pipeline(COMMANDS));
  const expected = answers(COMMANDS);
  const received = (): number =>
    client.chunks.slice(read).reduce((sum, { octets }) => sum + octets.length, 0);
  await waitUntil(() => received() >= expected.length, { what: 'all answers', deadlineMs: 8_000 });

  const text = Buffer.concat(client.chunks.slice(read).map(({ octets }) => octets)).toString('latin1');
  expect(text === expected).toBe(true);
});

it('A server that does not answer is never sent more commands than may be pending', async () => {
  const { proxy, upstream } = await startProxied(async (connection) => {
    await admit(connection);
    await connection.stall();
  });
  using client = await ImapClient.login(proxy.port, USER, PASSWORD);
  const server = await upstream(0);
  const atServer = (): number => server.received.match(/^p\d+ NOOP\r$/gm)?.length ?? 0;

  await client.send(pipeline(2 * MAX_PENDING_COMMANDS));

  expect(await waitUntilSettled(atServer, 'the commands at the server')).toBe(MAX_PENDING_COMMANDS);
  await server.send(answers(10));
  await client.readReply('p9');
  expect(await waitUntilSettled(atServer, 'the commands at the server')).toBe(MAX_PENDING_COMMANDS + 10);
});
