import { describe, expect, it } from 'vitest';
import type { Directives } from '../../support/daemon-process.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { mailServer, PASSWORD, parkOne, startProxied, USER } from '../../support/proxied-server.ts';
import { TempDirectory } from '../../support/temp-directory.ts';

const COMMANDS = [
  ['XPROXY_VERSION'],
  ['XPROXY_DUMPICC'],
  ['XPROXY_RESETCOUNTERS'],
  [`XPROXY_TRACE ${USER}`],
  ['XPROXY_NEWLOG'],
];

/** Starts a proxy that takes the commands, with a client that has not logged in. */
async function startAdmin(directives: Directives = {}) {
  const setup = await startProxied(mailServer(), {
    directives: { enable_admin_commands: true, ...directives },
  });
  const client = await ImapClient.connect(setup.proxy.port);
  const greeting = await client.readGreeting();
  return { ...setup, client, greeting };
}

/** Everything that `command` is answered, under the tag a1. */
async function ask(client: ImapClient, command: string): Promise<string[]> {
  await client.send(`a1 ${command}\r\n`);
  return client.readUntil(/^a1 /);
}

describe.each([
  ['that are not enabled', {}],
  ['from outside admin_networks', { enable_admin_commands: true, admin_networks: '10.0.0.0/8' }],
])('Admin commands %s', (_, directives) => {
  it.each(COMMANDS)('are as unknown as to the classic daemon: %s', async (command) => {
    const { proxy } = await startProxied(mailServer(), { directives });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    expect(await ask(client, command)).toEqual(['a1 BAD Unrecognized command']);
  });
});

describe('Admin commands that are enabled', () => {
  it('are announced by XIMAPPROXY in the greeting and before login', async () => {
    const { client, greeting } = await startAdmin();
    using _ = client;

    expect(greeting).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 .*\bXIMAPPROXY\b.*\]/);
    expect(await ask(client, 'CAPABILITY')).toEqual([
      expect.stringMatching(/^\* CAPABILITY IMAP4rev1 .*\bXIMAPPROXY\b/),
      'a1 OK Completed',
    ]);
  });

  it('tell the version that scripts compare', async () => {
    const { client } = await startAdmin();
    using _ = client;

    expect(await ask(client, 'XPROXY_VERSION')).toEqual(['* XPROXY_VERSION 1.2.8 [SVN]', 'a1 OK Completed']);
  });

  it('list every server connection, in use or parked, with its user', async () => {
    const { client, proxy } = await startAdmin();
    using _ = client;
    await parkOne(proxy, 'bob');
    using _session = await ImapClient.login(proxy.port, USER, PASSWORD);

    const lines = await ask(client, 'XPROXY_DUMPICC');

    expect(lines.at(-1)).toBe('a1 OK Completed');
    expect(lines).toHaveLength(3);
    expect(lines).toContainEqual(expect.stringMatching(/^\* XPROXY_DUMPICC \d+ bob Cached$/));
    expect(lines).toContainEqual(expect.stringMatching(/^\* XPROXY_DUMPICC \d+ alice Active$/));
  });

  it('list nothing where there is no connection', async () => {
    const { client } = await startAdmin();
    using _ = client;

    expect(await ask(client, 'XPROXY_DUMPICC')).toEqual(['a1 OK Completed']);
  });

  it('reset the counters', async () => {
    const { client, proxy } = await startAdmin();
    using _ = client;
    await parkOne(proxy);

    expect(await ask(client, 'XPROXY_RESETCOUNTERS')).toEqual(['a1 OK Counters reset']);

    expect(proxy.log('counters reset')).toHaveLength(1);
  });

  it('trace one user at a time and empty the trace', async () => {
    using directory = new TempDirectory('admin-commands');
    const { client } = await startAdmin({ protocol_log_filename: `${directory.path}/trace` });
    using _ = client;

    expect(await ask(client, 'XPROXY_TRACE u')).toEqual(['a1 OK Tracing enabled for user u.']);
    expect(await ask(client, 'XPROXY_TRACE v')).toEqual(['a1 BAD Tracing already enabled for user u']);
    expect(await ask(client, 'XPROXY_TRACE')).toEqual(['a1 OK Tracing disabled']);
    expect(await ask(client, 'XPROXY_TRACE v')).toEqual(['a1 OK Tracing enabled for user v.']);
    expect(await ask(client, 'XPROXY_NEWLOG')).toEqual(['a1 OK Logfile cleared']);
  });
});
