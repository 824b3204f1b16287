import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ProxyHeader } from '../../../src/net/proxied-connection.ts';
import { ProxyHeaderReader } from '../../../src/net/proxy-header.ts';
import type { Directives } from '../../support/daemon-process.ts';
import { ImapClient } from '../../support/imap-client.ts';
import {
  answerProbe,
  mailServer,
  PASSWORD,
  type ProxiedServer,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';
import type { Script, ScriptedConnection } from '../../support/scripted-server.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { identifiedServer } from './identified-server.ts';
import { connectFrom } from './plain-clients.ts';

/** A scripted server that wants a header first; what it was told, connection by connection. */
interface HeaderServer extends ProxiedServer {
  readonly headers: readonly (ProxyHeader | undefined)[];
  /** Of those, which were of version 2. */
  readonly versions: readonly number[];
}

async function start(directives: Directives, server: Script = mailServer()): Promise<HeaderServer> {
  const headers: (ProxyHeader | undefined)[] = [];
  const versions: number[] = [];
  const behindHeader =
    (script: Script): Script =>
    async (connection, index) => {
      const octets = await takeHeader(connection);
      const reader = new ProxyHeaderReader();
      reader.feed(octets);
      headers.push(reader.header);
      versions.push(octets[0] === 0x0d ? 2 : 1);
      await script(connection, index);
    };
  const setup = await startProxied(behindHeader(server), {
    directives,
    probe: behindHeader((connection) => answerProbe(connection)),
  });
  return { ...setup, headers, versions };
}

/** Reads a header octet by octet, before a word is said. */
async function takeHeader(connection: ScriptedConnection): Promise<Buffer> {
  const reader = new ProxyHeaderReader();
  const octets: Buffer[] = [];
  while (reader.header === undefined) {
    const octet = await connection.expectOctets(1);
    reader.feed(octet);
    octets.push(octet);
  }
  return Buffer.concat(octets);
}

async function visit(
  { proxy }: HeaderServer,
  from: string,
): Promise<{ readonly address: string; readonly port: number }> {
  const socket = await connectFrom(proxy.port, from);
  const { localAddress: address = '', localPort: port = 0 } = socket;
  const client = ImapClient.over(socket);
  await client.readGreeting();
  await client.login(USER, PASSWORD);
  await client.logout();
  await proxy.waitForPool({ leased: 0, resetting: 0, reserved: 0 });
  return { address, port };
}

describe.each([
  ['v1', 1],
  ['v2', 2],
] as const)('server_proxy_protocol %s', (version, number) => {
  it('tells of each connection for whom it is made, before anything else', async () => {
    const setup = await start({ server_proxy_protocol: version, cache_expiration_time: 0 });
    const first = await visit(setup, '127.0.0.7');
    const second = await visit(setup, '127.0.0.8');

    const destination = { address: '127.0.0.1', port: setup.proxy.port };
    expect(setup.headers).toEqual([
      { kind: 'local' },
      expect.objectContaining({ kind: 'proxied', source: first, destination }),
      expect.objectContaining({ kind: 'proxied', source: second, destination }),
    ]);
    expect(setup.versions).toEqual([number, number, number]);
  });

  it('tells who the client is that a webmail has named', async () => {
    const setup = await start(
      { server_proxy_protocol: version, trusted_networks: '127.0.0.7' },
      identifiedServer,
    );
    const client = ImapClient.over(await connectFrom(setup.proxy.port, '127.0.0.7'));
    await client.readGreeting();
    await client.command('ID ("x-originating-ip" "2001:db8::7" "x-originating-port" "4711")');
    await client.login(USER, PASSWORD);
    await client.logout();

    expect(setup.headers.at(-1)).toMatchObject({
      kind: 'proxied',
      source: { address: '2001:db8::7', port: 4711 },
    });
  });

  it('tells of a client on a Unix socket that there is nothing to tell', async () => {
    const directory = new TempDirectory('unix');
    onTestFinished(() => directory.remove());
    const setup = await start({ server_proxy_protocol: version, listen_unix: `${directory.path}/imap.sock` });
    const client = ImapClient.over(connect(setup.proxy.unixPath));
    await client.readGreeting();
    await client.login(USER, PASSWORD);
    await client.logout();
    expect(setup.headers).toEqual([{ kind: 'local' }, { kind: 'local' }]);
  });
});
