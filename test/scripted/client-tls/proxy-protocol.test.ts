import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { formatProxyHeader } from '../../../src/net/proxy-header.ts';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import type { Directives } from '../../support/daemon-process.ts';
import { ImapClient } from '../../support/imap-client.ts';
import {
  answerProbe,
  PASSWORD,
  type ProxiedServer,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { identifiedServer, idsIn } from './identified-server.ts';
import { connectFrom } from './plain-clients.ts';
import { connectSecurely, secure } from './secure-clients.ts';

const VISITOR = { address: '203.0.113.7', port: 4711 };
const BALANCER = { address: '198.51.100.1', port: 993 };
const LOGIN = `LOGIN ${USER} "${PASSWORD}"`;

const VERSIONS = [1, 2] as const;

function header(version: 1 | 2): Buffer {
  return formatProxyHeader(version, VISITOR, BALANCER);
}

function start(directives: Directives = {}): Promise<ProxiedServer> {
  const own = { proxy_protocol: true, trusted_networks: '127.0.0.1' };
  return startProxied(undefined, { directives: { ...own, ...directives } });
}

/** Waits until the client is refused that says `octets`. Returns what the log says. */
async function refusal({ proxy }: ProxiedServer, octets: Buffer | string, from?: string): Promise<string> {
  const socket = await connectFrom(proxy.port, from);
  const client = ImapClient.over(socket);
  await client.send(octets).catch(() => {});
  await client.waitForEnd();
  expect(client.chunks).toEqual([]);
  const refusals = (): readonly unknown[] => proxy.log('client refused').map(({ error }) => error);
  await waitUntil(() => refusals().length > 0, { what: 'a refusal' });
  expect(proxy.clients).toBe(0);
  return String(refusals().at(-1));
}

describe('proxy_protocol', () => {
  it.each(VERSIONS)('takes the client from a header of version %d, and loses no command', async (version) => {
    const { proxy } = await start();
    const client = ImapClient.over(await connectFrom(proxy.port));
    await client.send(
      Buffer.concat([header(version), Buffer.from(`a1 ${LOGIN}\r\na2 NOOP\r\na3 LOGOUT\r\n`)]),
    );
    const heard = (await client.readToEnd()).split('\r\n').map((line) => line.split(' ', 2).join(' '));

    expect(heard).toEqual(['* OK', 'a1 OK', 'a2 OK', '* BYE', 'a3 OK', '']);
    expect(proxy.log('login').map(({ client: who }) => who)).toEqual(['203.0.113.7:4711']);
  });

  it.each(VERSIONS)('greets nobody before the header of version %d', async (version) => {
    const { proxy } = await start();
    const client = ImapClient.over(await connectFrom(proxy.port));
    const octets = header(version);
    for (const octet of octets.subarray(0, -1)) await client.send(Buffer.from([octet]));
    expect(client.chunks).toEqual([]);
    expect(proxy.clients).toBe(0);

    await client.send(octets.subarray(-1));

    expect(await client.readGreeting()).toMatch(/^\* OK /);
    await client.logout();
  });

  it.each(VERSIONS)('takes a check by the proxy itself for what it is (version %d)', async (version) => {
    const { proxy } = await start();
    const client = ImapClient.over(await connectFrom(proxy.port));
    await client.send(formatProxyHeader(version, undefined, undefined));
    await client.readGreeting();
    await client.login(USER, PASSWORD);
    await client.logout();
    expect(proxy.log('login').map(({ client: who }) => who)).toEqual([
      expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    ]);
  });

  it.each(VERSIONS)('refuses a header of version %d from elsewhere', async (version) => {
    const told = await refusal(await start(), header(version), '127.0.0.2');
    expect(told).toBe('Cannot let the client in: it is not in trusted_networks, and proxy_protocol is on');
  });

  it.each([
    ['IMAP', `a1 ${LOGIN}\r\n`],
    ['a header that is no header', 'PROXY TCP4 here there 1 2\r\n'],
    ['a header of a version to come', Buffer.from('0d0a0d0a000d0a515549540a31000000', 'hex')],
    ['a header that is too short', Buffer.from('0d0a0d0a000d0a515549540a2111000400000000', 'hex')],
  ])('refuses %s in place of a header', async (_, octets) => {
    const told = await refusal(await start(), octets);
    expect(told).toMatch(/^Cannot let the client in: its header of the PROXY protocol is malformed: /);
    expect(told).not.toContain(PASSWORD);
  });

  it('refuses who ends before the header', async () => {
    const setup = await start();
    const socket = await connectFrom(setup.proxy.port);
    socket.end('PROXY TCP4');
    await waitUntil(() => setup.proxy.log('client refused').length === 1, { what: 'a refusal' });
    expect(setup.proxy.clients).toBe(0);
  });

  it('waits for a header no longer than for a login', async () => {
    const { proxy } = await start({ client_login_timeout: 5 });
    const client = ImapClient.over(await connectFrom(proxy.port));
    await proxy.advanceOnceWaiting(5_000);
    await client.waitForEnd();
    expect(proxy.log('client refused').map(({ error }) => error)).toEqual([
      'Cannot let the client in: no header of the PROXY protocol within 5000 ms',
    ]);
  });

  it('ends with the daemon where a header does not come', async () => {
    const { proxy } = await start();
    const client = ImapClient.over(await connectFrom(proxy.port));
    await waitUntil(() => proxy.clock.pending > 0, { what: 'a client without a header' });
    await proxy.stop();
    await client.waitForEnd();
  });

  it('asks for no header on a Unix socket', async () => {
    using authority = await CertificateAuthority.create();
    const { proxy } = await start({ listen_unix: authority.path('imap.sock') });
    const client = ImapClient.over(connect(proxy.unixPath));
    expect(await client.readGreeting()).toMatch(/^\* OK /);
    await client.logout();
  });

  it('judges by deny_networks the client that the proxy names', async () => {
    const setup = await start({ deny_networks: '203.0.113.0/24' });
    expect(await refusal(setup, header(2))).toBe(
      'Cannot let the client in: allow_networks and deny_networks forbid it',
    );
  });

  it('judges by allow_networks the client that the proxy names', async () => {
    const setup = await start({ allow_networks: '127.0.0.1' });
    expect(await refusal(setup, header(1))).toMatch(/allow_networks and deny_networks forbid it$/);
    const client = ImapClient.over(await connectFrom(setup.proxy.port));
    await client.send(formatProxyHeader(1, { address: '127.0.0.1', port: 1 }, BALANCER));
    await client.readGreeting();
    await client.logout();
  });

  it('stays in force until a restart, whatever is reloaded', async () => {
    const directives = { proxy_protocol: true, trusted_networks: '127.0.0.1', log_level: 'debug' };
    const { proxy } = await startProxied((connection) => answerProbe(connection), { directives });

    await proxy.reload({ proxy_protocol: false });

    const client = ImapClient.over(await connectFrom(proxy.port));
    await client.send(Buffer.concat([header(1), Buffer.from('a1 NOOP\r\n')]));
    await client.readGreeting();
    expect((await client.readReply('a1')).status).toBe('OK');
    await client.logout();
    expect(proxy.log('session ended').map(({ client: who }) => who)).toEqual(['203.0.113.7:4711']);
  });
});

describeWith(['openssl'], 'proxy_protocol before TLS', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue();
  });

  afterAll(() => authority.remove());

  const trust = () => ({ ca: readFileSync(authority.certFile) });

  function startTlsToo(): Promise<ProxiedServer> {
    const { certFile, keyFile } = certificate;
    const tls = { listen_tls_port: 0, client_tls_cert_file: certFile, client_tls_key_file: keyFile };
    const directives = {
      proxy_protocol: true,
      trusted_networks: '127.0.0.1',
      forward_client_address: 'login',
    };
    return startProxied(identifiedServer, { directives: { ...tls, ...directives } });
  }

  /** Logs in, and demands that the server is told who the client is. */
  async function expectTold(setup: ProxiedServer, client: ImapClient): Promise<void> {
    await client.login(USER, PASSWORD);
    await client.logout();
    expect(idsIn(await setup.upstream(0))).toEqual([
      expect.objectContaining({
        'x-originating-ip': VISITOR.address,
        'x-originating-port': String(VISITOR.port),
        'x-connected-ip': BALANCER.address,
        'x-connected-port': String(BALANCER.port),
      }),
    ]);
  }

  it.each(VERSIONS)('takes a header of version %d ahead of the handshake', async (version) => {
    const setup = await startTlsToo();
    const socket = await connectFrom(setup.proxy.tlsPort);
    socket.write(header(version));
    const { client } = await connectSecurely(0, { ...trust(), socket });
    await client.readGreeting();
    await expectTold(setup, client);
  });

  it.each(VERSIONS)('takes a header of version %d that comes with the ClientHello', async (version) => {
    const setup = await startTlsToo();
    const socket = await connectFrom(setup.proxy.tlsPort);
    socket.cork();
    socket.write(header(version));
    const tls = connectTls({ ...trust(), socket });
    onTestFinished(() => void tls.destroy());
    socket.uncork();
    await once(tls, 'secureConnect');
    const client = ImapClient.over(tls);
    await client.readGreeting();
    await expectTold(setup, client);
  });

  it.each(VERSIONS)('takes a header of version %d ahead of STARTTLS', async (version) => {
    const setup = await startTlsToo();
    const plain = ImapClient.over(await connectFrom(setup.proxy.port));
    await plain.send(Buffer.concat([header(version), Buffer.from('a1 STARTTLS\r\n')]));
    expect(await plain.readGreeting()).toContain(' STARTTLS]');
    await plain.readReply('a1');
    const { client } = await secure(plain, trust());
    await expectTold(setup, client);
  });

  it('refuses a handshake without a header', async () => {
    const { proxy } = await startTlsToo();
    await expect(connectSecurely(proxy.tlsPort, trust())).rejects.toThrow();
    await waitUntil(() => proxy.log('client refused').length === 1, { what: 'a refusal' });
    expect(proxy.log('client refused').map(({ error }) => error)).toEqual([
      expect.stringMatching(/header of the PROXY protocol is malformed/),
    ]);
  });
});
