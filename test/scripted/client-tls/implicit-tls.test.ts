import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import type { Directives } from '../../support/daemon-process.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, type ProxiedServer, parkOne, startProxied, USER } from '../../support/proxied-server.ts';
import { describeWith } from '../../support/system-packages.ts';
import { connectSecurely, startTls } from './secure-clients.ts';

const NAMES = { first: 'DNS:first.example.org,IP:127.0.0.1', second: 'DNS:second.example.org' };

/** The two ways to TLS. */
const WAYS = [
  ['from the first octet', connectSecurely, (setup: ProxiedServer) => setup.proxy.tlsPort],
  ['by STARTTLS', startTls, (setup: ProxiedServer) => setup.proxy.port],
] as const;

describeWith(['openssl'], 'TLS with clients', () => {
  let authority: CertificateAuthority;
  let first: Certificate;
  let second: Certificate;
  let good: Certificate;
  let foreign: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    first = await authority.issue({ names: NAMES.first });
    second = await authority.issue({ names: NAMES.second });
    good = await authority.issue({ purpose: 'clientAuth' });
    using stranger = await CertificateAuthority.create('Stranger');
    foreign = await stranger.issue({ purpose: 'clientAuth' });
  });

  afterAll(() => authority.remove());

  const trust = (servername = 'first.example.org'): ConnectionOptions => ({
    ca: readFileSync(authority.certFile),
    servername,
  });

  function start(directives: Directives = {}): Promise<ProxiedServer> {
    const own = {
      listen_tls_port: 0,
      client_tls_cert_file: `${first.certFile} ${second.certFile}`,
      client_tls_key_file: `${first.keyFile} ${second.keyFile}`,
    };
    return startProxied(undefined, { directives: { ...own, ...directives } });
  }

  it('from the first octet gives the greeting behind the handshake, without STARTTLS', async () => {
    const { proxy } = await start();
    const { client, socket } = await connectSecurely(proxy.tlsPort, trust());

    expect(socket.getProtocol()).toBe('TLSv1.3');
    const greeting = await client.readGreeting();
    expect(greeting).toMatch(/^\* OK \[CAPABILITY [^\]]*AUTH=PLAIN/);
    expect(greeting).not.toMatch(/STARTTLS|LOGINDISABLED/);
    expect((await client.command('STARTTLS')).tagged).toBe('BAD Please login first');
    await client.login(USER, PASSWORD);
    await client.logout();
  });

  it('shares parked connections with sessions in clear', async () => {
    const setup = await start();
    await parkOne(setup.proxy);

    for (const [, connect, port] of WAYS) {
      const { client } = await connect(port(setup), trust());
      if (connect === connectSecurely) await client.readGreeting();
      await client.login(USER, PASSWORD);
      await client.logout();
      await setup.proxy.waitForPool({ parked: 1, leased: 0, resetting: 0, reserved: 0 });
    }
    const plain = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await plain.logout();

    expect(setup.upstreams()).toHaveLength(1);
    expect(setup.proxy.log('login').map(({ reused }) => reused)).toEqual([false, true, true, true]);
  });

  it('answers a login from memory in one record', async () => {
    const setup = await start();
    await parkOne(setup.proxy);
    const { client } = await connectSecurely(setup.proxy.tlsPort, trust());
    await client.readGreeting();
    const before = client.chunks.length;

    await client.login(USER, PASSWORD);

    expect(client.chunks).toHaveLength(before + 1);
    await client.logout();
  });

  it('answers the whole of a pipeline that leaves with the handshake', async () => {
    const { proxy } = await start();
    const { client } = await connectSecurely(proxy.tlsPort, trust());
    await client.send(`a1 LOGIN ${USER} "${PASSWORD}"\r\na2 NOOP\r\na3 LOGOUT\r\n`);
    const heard = (await client.readToEnd()).split('\r\n').map((line) => line.split(' ', 2).join(' '));
    expect(heard).toEqual(['* OK', 'a1 OK', 'a2 OK', '* BYE', 'a3 OK', '']);
  });

  it.each(WAYS)('%s shows the certificate for the name that is asked for', async (_, connect, port) => {
    const setup = await start();
    const shown: unknown[] = [];
    for (const name of ['first.example.org', 'second.example.org']) {
      const { socket } = await connect(port(setup), trust(name));
      shown.push(socket.getPeerX509Certificate()?.subjectAltName);
    }
    expect(shown).toEqual(['DNS:first.example.org, IP Address:127.0.0.1', 'DNS:second.example.org']);
  });

  it.each(WAYS)('%s agrees on imap, or on nothing where nothing is wanted', async (_, connect, port) => {
    const setup = await start();
    const agreed: unknown[] = [];
    for (const ALPNProtocols of [['imap'], ['h2', 'imap'], []]) {
      const { socket } = await connect(port(setup), { ...trust(), ALPNProtocols });
      agreed.push(socket.alpnProtocol);
    }
    expect(agreed).toEqual(['imap', 'imap', false]);
    await expect(connect(port(setup), { ...trust(), ALPNProtocols: ['h2'] })).rejects.toThrow(
      /no application protocol/,
    );
  });

  it.each(WAYS)('%s is of the version that is demanded', async (_, connect, port) => {
    const setup = await start({ client_tls_min_version: '1.3' });
    await expect(connect(port(setup), { ...trust(), maxVersion: 'TLSv1.2' })).rejects.toThrow();
    const { socket } = await connect(port(setup), trust());
    expect(socket.getProtocol()).toBe('TLSv1.3');
  });

  /** Whether a client with these options gets as far as the answer to a command. */
  async function isServed(
    connect: typeof connectSecurely,
    port: number,
    options: ConnectionOptions,
  ): Promise<boolean> {
    try {
      const { client } = await connect(port, options);
      await client.send('a1 LOGOUT\r\n');
      return (await client.readToEnd()).includes('a1 OK');
    } catch {
      return false;
    }
  }

  it.each(
    WAYS.flatMap(([way, connect, port]) => [
      [way, 'off', connect, port, { none: true, good: true, foreign: true }] as const,
      [way, 'request', connect, port, { none: true, good: true, foreign: true }] as const,
      [way, 'require', connect, port, { none: false, good: true, foreign: false }] as const,
    ]),
  )('%s with client_tls_verify %s turns away whom it should', async (_, verify, connect, port, expected) => {
    const directives = {
      client_tls_verify: verify,
      client_tls_ca_file: authority.certFile,
      require_tls: 'yes',
    };
    const setup = await start(directives);
    const served = (options: ConnectionOptions) =>
      isServed(connect, port(setup), { ...trust(), maxVersion: 'TLSv1.2', ...options });

    expect({
      none: await served({}),
      good: await served({ cert: good.cert, key: good.key }),
      foreign: await served({ cert: foreign.cert, key: foreign.key }),
    }).toEqual(expected);
  });
});
