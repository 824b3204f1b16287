import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, type ProxiedServer, parkOne, startProxied, USER } from '../../support/proxied-server.ts';
import { waitUntilSettled } from '../../support/wait-until-settled.ts';

/** Far above what a socket takes before it asks to wait, far below the answers to all that is sent. */
const MAX_HELD_OCTETS = 1024 * 1024;

const COUNT = 200_000;

/** Sends `command` over and over and reads nothing; returns how much the proxy then holds for the client. */
async function heldFor({ proxy }: ProxiedServer, client: ImapClient, command: string): Promise<number> {
  client.pause();
  // Whether all of it can be sent is up to the proxy; the end of the test ends the attempt.
  client.send(command.repeat(COUNT)).catch(() => {});
  await waitUntilSettled(() => proxy.readOctets, 'the reading of commands');
  return proxy.unsentOctets;
}

describe('What is answered by the proxy itself is held within bounds for a client that does not read:', () => {
  it.each([
    ['CAPABILITY before login', 'a CAPABILITY\r\n'],
    ['ID before login', 'a ID NIL\r\n'],
    ['refused mechanisms', 'a AUTHENTICATE X\r\n'],
    ['cancelled exchanges', 'a AUTHENTICATE PLAIN\r\n*\r\n'],
    ['literals that are asked for', 'a ID ({1}\r\nx NIL)\r\n'],
  ])('%s', async (_, command) => {
    const setup = await startProxied();
    using client = await ImapClient.connect(setup.proxy.port);
    await client.readGreeting();

    expect(await heldFor(setup, client, command)).toBeLessThan(MAX_HELD_OCTETS);
  });

  it('lists of connections', async () => {
    const setup = await startProxied(undefined, {
      directives: { enable_admin_commands: true, max_parked_per_user: 1 },
    });
    for (let user = 0; user < 20; user += 1) await parkOne(setup.proxy, `user${user}`);
    using client = await ImapClient.connect(setup.proxy.port);
    await client.readGreeting();

    expect(await heldFor(setup, client, 'a XPROXY_DUMPICC\r\n')).toBeLessThan(MAX_HELD_OCTETS);
    await parkOne(setup.proxy);
  });

  it('refusals after login', async () => {
    const setup = await startProxied();
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

    expect(await heldFor(setup, client, 'a COMPRESS DEFLATE\r\n')).toBeLessThan(MAX_HELD_OCTETS);
  });
});

it('A client that has sent far ahead of its reading gets every answer, in order', async () => {
  const { proxy } = await startProxied();
  using client = await ImapClient.login(proxy.port, USER, PASSWORD);
  const commands = Array.from({ length: 20_000 }, (_, index) => `${index} COMPRESS DEFLATE\r\n`);
  client.pause();
  const sent = client.send(commands.join(''));
  await waitUntilSettled(() => proxy.readOctets, 'the reading of commands');

  client.resume();
  await sent;

  for (let index = 0; index < 20_000; index += 1) {
    expect(await client.readResponse()).toMatch(new RegExp(`^${index} NO \\[CANNOT\\] `));
  }
});
