import { describe, expect, it } from 'vitest';
import { formatProxyHeader } from '../../../src/net/proxy-header.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { answerProbe, PASSWORD, startProxied, USER } from '../../support/proxied-server.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { connectFrom, sayAndReset } from './plain-clients.ts';

const LOGIN = `a1 LOGIN ${USER} "${PASSWORD}"\r\n`;

describe('allow_networks and deny_networks', () => {
  it.each<[string, Record<string, string>, readonly string[]]>([
    ['nothing', {}, ['127.0.0.1', '127.0.0.7', '127.9.0.1']],
    ['allow_networks', { allow_networks: '127.0.0.0/24' }, ['127.0.0.1', '127.0.0.7']],
    ['deny_networks', { deny_networks: '127.0.0.7' }, ['127.0.0.1', '127.9.0.1']],
    ['both', { allow_networks: '127.0.0.0/24', deny_networks: '127.0.0.0/30' }, ['127.0.0.7']],
  ])('let in whom they should (%s)', async (_, directives, expected) => {
    const { proxy } = await startProxied(undefined, { directives });
    const admitted: string[] = [];
    for (const address of ['127.0.0.1', '127.0.0.7', '127.9.0.1']) {
      const client = ImapClient.over(await connectFrom(proxy.port, address));
      await client.send(`${LOGIN}a2 LOGOUT\r\n`).catch(() => {});
      const heard = await client.readToEnd();
      if (heard.includes('a1 OK')) admitted.push(address);
      else expect(heard).toBe('');
    }
    expect(admitted).toEqual(expected);
    expect(proxy.log('client refused')).toHaveLength(3 - expected.length);
  });

  it('are reloaded for those who come later, and end no session', async () => {
    const { proxy } = await startProxied((connection) => answerProbe(connection));
    const before = ImapClient.over(await connectFrom(proxy.port, '127.0.0.7'));
    await before.readGreeting();

    await proxy.reload({ deny_networks: '127.0.0.7' });

    const after = ImapClient.over(await connectFrom(proxy.port, '127.0.0.7'));
    expect(await after.readToEnd()).toBe('');
    expect((await before.command('NOOP')).status).toBe('OK');
    await before.logout();
  });
});

describeWith(['python3'], 'A client that resets its connection before it is accepted', () => {
  const COMMANDS = `${LOGIN}a2 XPROXY_RESETCOUNTERS\r\n`;

  it.each<[string, Record<string, string | boolean>, string]>([
    ['deny_networks', { deny_networks: '127.0.0.7' }, COMMANDS],
    ['allow_networks', { allow_networks: '127.0.0.1' }, COMMANDS],
    ['admin_networks', { enable_admin_commands: true, admin_networks: '127.0.0.1' }, COMMANDS],
    ['trusted_networks', { proxy_protocol: true, trusted_networks: '127.0.0.1' }, COMMANDS],
    [
      'trusted_networks, with a header',
      { proxy_protocol: true, trusted_networks: '127.0.0.1' },
      `${formatProxyHeader(1, { address: '127.0.0.1', port: 1 }, { address: '127.0.0.1', port: 1 })}${COMMANDS}`,
    ],
  ])('does not get round %s, though nobody knows any more where it was', async (_, directives, words) => {
    const { proxy, upstreams } = await startProxied(undefined, { directives });

    sayAndReset(proxy.port, '127.0.0.7', words);

    await waitUntil(() => proxy.log('client refused').length > 0, { what: 'a refusal' });
    expect(proxy.log('client refused').map(({ client, error }) => [client, error])).toEqual([
      ['gone', 'Cannot let the client in: it has gone already'],
    ]);
    expect(proxy.log('counters reset')).toEqual([]);
    expect(upstreams()).toEqual([]);
    expect(proxy.clients).toBe(0);
  });
});

describe('Admin commands through a proxy before us', () => {
  const DESTINATION = { address: '127.0.0.1', port: 143 };
  const UNKNOWN = 'BAD Unrecognized command';

  it.each<[string, string, string, string]>([
    ['both are in admin_networks', '127.0.0.1', '127.0.0.9', 'OK Completed'],
    ['the client is not', '127.0.0.1', '203.0.113.7', UNKNOWN],
    ['the proxy is not', '127.0.0.2', '127.0.0.9', UNKNOWN],
  ])('are for those of whom %s', async (_, from, address, expected) => {
    const directives = {
      enable_admin_commands: true,
      admin_networks: '127.0.0.1 127.0.0.9',
      proxy_protocol: true,
      trusted_networks: '127.0.0.0/8',
    };
    const { proxy } = await startProxied(undefined, { directives });
    const client = ImapClient.over(await connectFrom(proxy.port, from));
    await client.send(formatProxyHeader(2, { address, port: 1 }, DESTINATION));
    await client.readGreeting();

    expect((await client.command('XPROXY_DUMPICC')).tagged).toBe(expected);
    await client.logout();
  });

  it.each([
    ['127.0.0.1', '203.0.113.7', UNKNOWN],
    ['127.0.0.2', '127.0.0.1', UNKNOWN],
    ['127.0.0.1', '127.0.0.9', 'OK Completed'],
  ])('are judged for a webmail at %s that names %s too', async (from, address, expected) => {
    const directives = {
      enable_admin_commands: true,
      admin_networks: '127.0.0.1 127.0.0.9',
      trusted_networks: '127.0.0.0/8',
    };
    const { proxy } = await startProxied(undefined, { directives });
    const client = ImapClient.over(await connectFrom(proxy.port, from));
    await client.readGreeting();
    await client.command(`ID ("x-originating-ip" "${address}")`);

    expect((await client.command('XPROXY_DUMPICC')).tagged).toBe(expected);
    await client.logout();
  });
});
