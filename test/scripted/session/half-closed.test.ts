import { expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, USER } from '../../support/proxied-server.ts';
import { serveCommands } from '../../support/scripted-imap.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { drains, hasReceived, nextSession, serving } from './leaving.ts';

it('A client that has closed its side may take as long as it needs for what the server still sends', async () => {
  const steps = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const setup = await serving(async (connection) => {
    await connection.expectLine('a FETCH 1 BODY[]');
    await connection.send('* 1 FETCH (BODY[] {4}\r\n');
    for (const [index, step] of steps.entries()) {
      await step.promise;
      await connection.send(String(index));
    }
    await connection.send(')\r\na OK Done\r\n');
    await serveCommands(connection);
  });
  using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
  await client.send('a FETCH 1 BODY[]\r\n');
  await hasReceived(setup, 'FETCH');
  client.halfClose();
  await drains(setup);

  for (const [index, step] of steps.entries()) {
    setup.proxy.advance(10_000);
    step.resolve();
    const received = (): boolean => heard(client).includes(`\r\n${'0123'.slice(0, index + 1)}`);
    await waitUntil(received, { what: `piece ${index}` });
  }

  expect(await client.readToEnd()).toBe('* 1 FETCH (BODY[] {4}\r\n0123)\r\na OK Done\r\n');
  await setup.proxy.waitForPool({ parked: 1 });
  expect(await nextSession(setup)).toBe(0);
});

function heard(client: ImapClient): string {
  return Buffer.concat(client.chunks.map(({ octets }) => octets)).toString('latin1');
}
