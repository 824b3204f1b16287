import { existsSync, readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import type { InProcessProxy } from '../../support/in-process-proxy.ts';
import { mailServer, PASSWORD, startProxied, USER } from '../../support/proxied-server.ts';
import { TempDirectory } from '../../support/temp-directory.ts';

const ENABLED = '-----> C= 0 alice PROXY: user tracing enabled.\n';

const ANSWERS = { LOGIN: ['$ BAD Already logged in'], AUTHENTICATE: ['$ BAD Already logged in'] };

/** A proxy that can trace, and what the trace holds, with 0 for every time and n for every descriptor. */
async function startTracing() {
  const directory = new TempDirectory('protocol-trace');
  onTestFinished(() => directory.remove());
  const file = `${directory.path}/protocol.log`;
  const { proxy } = await startProxied(mailServer(ANSWERS), {
    directives: { enable_admin_commands: true, protocol_log_filename: file },
  });
  const trace = (): string =>
    readFileSync(file, 'latin1')
      .replaceAll(/(?<=^-----> C= )\d{10}(?= )/gm, '0')
      .replaceAll(/(?<= sd \[)\d+(?=\]$)/gm, 'n');
  return { proxy, file, trace };
}

async function ask(proxy: InProcessProxy, command: string): Promise<void> {
  using client = await ImapClient.connect(proxy.port);
  await client.readGreeting();
  expect((await client.command(command)).status).toBe('OK');
}

function record(side: 'CLIENT' | 'SERVER', octets: string): string {
  return `\n\n-----> C= 0 alice ${side}: sd [n]\n${octets}`;
}

it('A trace holds both sides of each traced session in the layout of the classic daemon', async () => {
  const { proxy, trace } = await startTracing();
  await ask(proxy, `XPROXY_TRACE ${USER}`);
  using client = await ImapClient.login(proxy.port, USER, PASSWORD);

  await client.command('NOOP');

  expect(trace()).toBe(
    ENABLED + record('CLIENT', 't2 NOOP\r\n') + record('SERVER', 't2 OK NOOP completed\r\n'),
  );
});

it('A session on a parked connection is traced like one on a new connection', async () => {
  const { proxy, trace } = await startTracing();
  using first = await ImapClient.login(proxy.port, USER, PASSWORD);
  await first.logout();
  await proxy.waitForPool({ parked: 1 });
  await ask(proxy, `XPROXY_TRACE ${USER}`);
  using client = await ImapClient.login(proxy.port, USER, PASSWORD);

  await client.command('NOOP');

  expect(proxy.pool).toMatchObject({ created: 1, reused: 1 });
  expect(trace()).toBe(
    ENABLED + record('CLIENT', 't2 NOOP\r\n') + record('SERVER', 't2 OK NOOP completed\r\n'),
  );
});

it('Only sessions of the user that begin after XPROXY_TRACE are traced, and until they end', async () => {
  const { proxy, trace } = await startTracing();
  using before = await ImapClient.login(proxy.port, USER, PASSWORD);
  await ask(proxy, `XPROXY_TRACE ${USER}`);
  using other = await ImapClient.login(proxy.port, 'bob', PASSWORD);
  using traced = await ImapClient.login(proxy.port, USER, PASSWORD);
  await ask(proxy, 'XPROXY_TRACE');
  using after = await ImapClient.login(proxy.port, USER, PASSWORD);

  for (const client of [before, other, after]) await client.command('NOOP');
  await traced.send('x NOOP\r\n');
  await traced.readReply('x');

  expect(trace()).toBe(
    `${ENABLED}-----> C= 0 alice PROXY: user tracing disabled. Expect further output until client logout.\n` +
      record('CLIENT', 'x NOOP\r\n') +
      record('SERVER', 'x OK NOOP completed\r\n'),
  );
});

it('There is no trace file before the first XPROXY_TRACE', async () => {
  const { proxy, file } = await startTracing();

  using client = await ImapClient.login(proxy.port, USER, PASSWORD);
  await client.command('NOOP');

  expect(existsSync(file)).toBe(false);
});

it.each([
  ['LOGIN', 'x LOGIN alice s3cret\r\n'],
  ['LOGIN with literals', 'x LOGIN {5+}\r\nalice {6+}\r\ns3cret\r\n'],
  ['AUTHENTICATE', `x AUTHENTICATE PLAIN ${Buffer.from('\0alice\0s3cret').toString('base64')}\r\n`],
])('Credentials that a logged-in client sends by %s are not shown', async (_, command) => {
  const { proxy, trace } = await startTracing();
  await ask(proxy, `XPROXY_TRACE ${USER}`);
  using client = await ImapClient.login(proxy.port, USER, PASSWORD);

  await client.send(command);
  await client.readReply('x');
  await client.command('NOOP');

  const masks = trace().matchAll(/^<(\d+) octets with credentials are not shown>\r$/gm);
  const masked = [...masks].reduce((sum, [, octets]) => sum + Number(octets), 0);
  expect(masked).toBe(command.length);
  expect(trace()).not.toMatch(/s3cret|PLAIN|x LOGIN/);
  expect(trace()).toContain(record('SERVER', 'x BAD Already logged in\r\n'));
  expect(trace()).toContain(record('CLIENT', 't2 NOOP\r\n'));
});

it('XPROXY_NEWLOG empties the trace, which goes on', async () => {
  const { proxy, trace } = await startTracing();
  await ask(proxy, `XPROXY_TRACE ${USER}`);
  using client = await ImapClient.login(proxy.port, USER, PASSWORD);
  await client.command('NOOP');
  await ask(proxy, 'XPROXY_NEWLOG');
  expect(trace()).toBe('');

  await client.command('NOOP');

  expect(trace()).toBe(record('CLIENT', 't3 NOOP\r\n') + record('SERVER', 't3 OK NOOP completed\r\n'));
});
