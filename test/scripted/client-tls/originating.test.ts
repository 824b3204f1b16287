import { describe, expect, it } from 'vitest';
import type { Directives } from '../../support/daemon-process.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, type ProxiedServer, startProxied, USER } from '../../support/proxied-server.ts';
import { identifiedServer, idsIn } from './identified-server.ts';
import { connectFrom } from './plain-clients.ts';

const TOLD =
  'ID ("name" "webmail" "x-originating-ip" "2001:DB8::7" "x-originating-port" "4711" "x-session-id" "web-1")';

function start(directives: Directives): Promise<ProxiedServer> {
  return startProxied(identifiedServer, { directives });
}

/** A session from `localAddress` that gives `commands` before its login, needs the server, and leaves. */
async function visit(
  setup: ProxiedServer,
  localAddress: string,
  ...commands: readonly string[]
): Promise<string> {
  const client = ImapClient.over(await connectFrom(setup.proxy.port, localAddress));
  await client.readGreeting();
  for (const command of commands) await client.command(command);
  const { tagged } = await client.login(USER, PASSWORD);
  expect((await client.command('SELECT INBOX')).status).toBe('OK');
  await client.logout();
  await setup.proxy.waitForPool({ leased: 0, resetting: 0, reserved: 0, parked: 1 });
  return tagged;
}

/** Who the log says has logged in, one after another. */
function logins({ proxy }: ProxiedServer): readonly unknown[] {
  return proxy.log('login').map(({ client, session }) => [client, session]);
}

describe('forward_client_address', () => {
  it('no tells the server what the client says, but for what it could lie about', async () => {
    const setup = await start({});
    await visit(setup, '127.0.0.7', TOLD);
    expect(idsIn(await setup.upstream(0))).toEqual([{ name: 'webmail' }]);
  });

  it('login tells it ahead of the login who the client is, whatever the client says', async () => {
    const setup = await start({ forward_client_address: 'login' });
    await visit(setup, '127.0.0.7', TOLD);
    await visit(setup, '127.0.0.8');

    const [session] = setup.proxy.log('login').map(({ session: id }) => id);
    expect(idsIn(await setup.upstream(0))).toEqual([
      {
        'x-session-id': session,
        'x-proxy-ttl': '5',
        'x-originating-ip': '127.0.0.7',
        'x-originating-port': expect.stringMatching(/^\d+$/),
        'x-connected-ip': '127.0.0.1',
        'x-connected-port': String(setup.proxy.port),
        name: 'webmail',
      },
    ]);
  });

  it('always tells it each time that a connection is used again, for whom', async () => {
    const setup = await start({ forward_client_address: 'always' });
    for (const address of ['127.0.0.7', '127.0.0.8', '127.0.0.9']) await visit(setup, address);

    const ids = idsIn(await setup.upstream(0));
    expect(ids.map((id) => id['x-originating-ip'])).toEqual(['127.0.0.7', '127.0.0.8', '127.0.0.9']);
    expect(ids.map((id) => id['x-session-id'])).toEqual(logins(setup).map((login) => (login as string[])[1]));
    expect(setup.upstreams()).toHaveLength(1);
  });
});

describe('What a webmail tells about its client ahead of the login', () => {
  it('is taken over from trusted_networks, for the log and for the server', async () => {
    const setup = await start({ forward_client_address: 'login', trusted_networks: '127.0.0.7' });
    await visit(setup, '127.0.0.7', TOLD);

    expect(logins(setup)).toEqual([['2001:db8::7:4711', 'web-1']]);
    expect(idsIn(await setup.upstream(0))).toEqual([
      expect.objectContaining({
        'x-originating-ip': '2001:db8::7',
        'x-originating-port': '4711',
        'x-session-id': 'web-1',
        name: 'webmail',
      }),
    ]);
  });

  it('is taken over from nobody else', async () => {
    const setup = await start({ forward_client_address: 'login', trusted_networks: '127.0.0.7' });
    await visit(setup, '127.0.0.8', TOLD);

    expect(logins(setup)).toEqual([
      [expect.stringMatching(/^127\.0\.0\.8:\d+$/), expect.not.stringContaining('web-1')],
    ]);
    expect(idsIn(await setup.upstream(0))).toEqual([
      expect.objectContaining({ 'x-originating-ip': '127.0.0.8' }),
    ]);
  });

  it('is told by a trusted proxy once: the client that it names is asked for nothing', async () => {
    const setup = await start({ forward_client_address: 'login', trusted_networks: '127.0.0.7' });
    await visit(setup, '127.0.0.7', TOLD, 'ID ("x-originating-ip" "203.0.113.66" "x-session-id" "web-2")');

    expect(logins(setup)).toEqual([['2001:db8::7:4711', 'web-1']]);
  });

  it.each([
    ['an address that is none', 'ID ("x-originating-ip" "localhost" "x-originating-port" "1")'],
    ['an address with more behind it', 'ID ("x-originating-ip" "203.0.113.7\\" injected" "name" "x")'],
    ['an id that would spoil the log', `ID ("x-session-id" {7+}\r\na\r\nb c d)`],
    ['NIL', 'ID ("x-originating-ip" NIL "x-session-id" NIL)'],
  ])('is left alone where it is %s', async (_, told) => {
    const setup = await start({ forward_client_address: 'login', trusted_networks: '127.0.0.7' });
    await visit(setup, '127.0.0.7', told);
    expect(logins(setup)).toEqual([
      [expect.stringMatching(/^127\.0\.0\.7:\d+$/), expect.stringMatching(/^[0-9a-z]+-\d+$/)],
    ]);
  });
});

describe('announce_session_id', () => {
  it('yes ends the answer to each login in the id that the log and the server know', async () => {
    const setup = await start({
      forward_client_address: 'always',
      announce_session_id: true,
      trusted_networks: '127.0.0.7',
    });
    const answers = [await visit(setup, '127.0.0.8'), await visit(setup, '127.0.0.7', TOLD)];

    const ids = logins(setup).map((login) => (login as string[])[1]);
    expect(answers.map((answer) => /\s+SESSIONID=([^=\s]+)/.exec(answer)?.[1])).toEqual(ids);
    expect(ids[1]).toBe('web-1');
    expect(idsIn(await setup.upstream(0)).map((id) => id['x-session-id'])).toEqual(ids);
  });

  it('no keeps it to ourselves', async () => {
    const setup = await start({ forward_client_address: 'always' });
    expect(await visit(setup, '127.0.0.8')).not.toContain('SESSIONID');
  });
});
