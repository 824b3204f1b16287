import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import type { Directives } from '../../support/daemon-process.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, type ProxiedServer, startProxied, USER } from '../../support/proxied-server.ts';
import type { Script } from '../../support/scripted-server.ts';
import { describeWith } from '../../support/system-packages.ts';
import { base64 } from '../../support/tokens.ts';
import { identifiedServer } from './identified-server.ts';
import { connectSecurely, startTls } from './secure-clients.ts';

const LOGIN = `LOGIN ${USER} "${PASSWORD}"`;
const PLAIN = base64(`\0${USER}\0${PASSWORD}`);
const REFUSAL = 'NO [PRIVACYREQUIRED] Login is possible only with TLS';
const REMOTE = 'PROXY TCP4 203.0.113.7 192.0.2.1 4711 143\r\n';
const LOCAL = 'PROXY TCP4 127.0.0.7 127.0.0.1 4711 143\r\n';

/** A header of version 2 for 203.0.113.7 that tells that the client speaks TLS with the proxy before us. */
const REMOTE_UNDER_TLS = Buffer.from(
  '0d0a0d0a000d0a515549540a 21 11 0014 cb007107 c0000201 1267 008f 20 0005 01 00000000'.replaceAll(' ', ''),
  'hex',
);

describeWith(['openssl'], 'require_tls', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue();
  });

  afterAll(() => authority.remove());

  const trust = () => ({ ca: readFileSync(authority.certFile) });

  function start(directives: Directives, script?: Script): Promise<ProxiedServer> {
    const { certFile, keyFile } = certificate;
    const tls = { listen_tls_port: 0, client_tls_cert_file: certFile, client_tls_key_file: keyFile };
    return startProxied(script, { directives: { ...tls, ...directives } });
  }

  /** Demands that `client` is told to begin TLS, whatever it tries, and that the server hears of nothing. */
  async function expectRefused(setup: ProxiedServer, client: ImapClient): Promise<void> {
    const greeting = await client.readGreeting();
    const [capabilities = ''] = (await client.command('CAPABILITY')).untagged;
    for (const words of [greeting, capabilities]) {
      expect(words).toMatch(/\bLOGINDISABLED\b/);
      expect(words).not.toMatch(/AUTH=|SASL-IR/);
    }
    expect((await client.command(LOGIN)).tagged).toBe(REFUSAL);
    expect(await client.command(`AUTHENTICATE PLAIN ${PLAIN}`)).toMatchObject({
      untagged: [],
      tagged: REFUSAL,
    });
    // Without a challenge nobody sends a password.
    expect(await client.command('AUTHENTICATE PLAIN')).toMatchObject({ untagged: [], tagged: REFUSAL });
    expect(await client.command('AUTHENTICATE LOGIN')).toMatchObject({ untagged: [], tagged: REFUSAL });
    expect(await client.command('AUTHENTICATE XOAUTH2 eA==')).toMatchObject({
      untagged: [],
      tagged: REFUSAL,
    });
    await client.logout();
    expect(setup.upstreams()).toHaveLength(0);
    expect(setup.proxy.log('login')).toEqual([]);
  }

  async function expectServed(client: ImapClient): Promise<void> {
    const greeting = await client.readGreeting();
    expect(greeting).not.toContain('LOGINDISABLED');
    expect(greeting).toMatch(/AUTH=PLAIN/);
    expect((await client.command(LOGIN)).status).toBe('OK');
    await client.logout();
  }

  it('yes takes a login only under TLS', async () => {
    const setup = await start({ require_tls: 'yes' });
    await expectRefused(setup, await ImapClient.connect(setup.proxy.port));

    const implicit = await connectSecurely(setup.proxy.tlsPort, trust());
    await expectServed(implicit.client);
    const { client } = await startTls(setup.proxy.port, trust());
    const { untagged } = await client.command('CAPABILITY');
    expect(untagged.join()).not.toContain('LOGINDISABLED');
    expect(untagged.join()).toMatch(/SASL-IR.*AUTH=PLAIN/);
    expect((await client.command(`AUTHENTICATE PLAIN ${PLAIN}`)).status).toBe('OK');
    await client.logout();
  });

  it('yes takes none on a Unix socket either', async () => {
    const path = authority.path('yes.sock');
    const setup = await start({ require_tls: 'yes', listen_unix: path });
    await expectRefused(setup, ImapClient.over(connect(path)));
  });

  it('yes has a client collect the rest of a LOGIN that comes in literals before it is refused', async () => {
    const { proxy } = await start({ require_tls: 'yes' });
    const client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    expect((await client.command(`LOGIN ${USER} {${PASSWORD.length}+}\r\n${PASSWORD}`)).tagged).toBe(REFUSAL);
    await client.logout();
  });

  it('remote takes a login in clear on this host', async () => {
    const path = authority.path('remote.sock');
    const setup = await start({ require_tls: 'remote', listen_unix: path });
    const client = await ImapClient.connect(setup.proxy.port);
    await expectServed(client);
    await expectServed(ImapClient.over(connect(path)));
  });

  it.each([
    ['no', 'a remote client', REMOTE, true],
    ['no', 'a client on this host', LOCAL, true],
    ['remote', 'a remote client', REMOTE, false],
    ['remote', 'a client on this host', LOCAL, true],
    ['yes', 'a remote client', REMOTE, false],
    ['yes', 'a client on this host', LOCAL, false],
  ])('%s judges %s that a proxy before us names', async (requireTls, _, header, isServed) => {
    const directives = { require_tls: requireTls, proxy_protocol: true, trusted_networks: '127.0.0.1' };
    const setup = await start(directives);
    const client = await ImapClient.connect(setup.proxy.port);
    await client.send(header);
    if (isServed) await expectServed(client);
    else await expectRefused(setup, client);
  });

  it('yes takes a login whose TLS ends at a proxy before us that says so', async () => {
    const directives = { require_tls: 'yes', proxy_protocol: true, trusted_networks: '127.0.0.1' };
    const { proxy } = await start(directives);
    const client = await ImapClient.connect(proxy.port);
    await client.send(REMOTE_UNDER_TLS);
    const greeting = await client.readGreeting();
    expect(greeting).not.toMatch(/STARTTLS|LOGINDISABLED/);
    expect((await client.command(LOGIN)).status).toBe('OK');
    await client.logout();
  });

  it('remote still takes the login of a webmail on this host that tells who its client is', async () => {
    const { proxy } = await start({ require_tls: 'remote', trusted_networks: '127.0.0.1' }, identifiedServer);
    const client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    await client.command('ID ("x-originating-ip" "203.0.113.7")');
    expect((await client.command(LOGIN)).status).toBe('OK');
    await client.logout();
  });

  it('remote takes no login of a client that only says that it is on this host', async () => {
    const trusted = '127.0.0.1 203.0.113.7';
    const setup = await start({ require_tls: 'remote', proxy_protocol: true, trusted_networks: trusted });
    const client = await ImapClient.connect(setup.proxy.port);
    await client.send(REMOTE);
    await client.readGreeting();
    await client.command('ID ("x-originating-ip" "127.0.0.1")');
    expect((await client.command(LOGIN)).tagged).toBe(REFUSAL);
    await client.logout();
  });
});
