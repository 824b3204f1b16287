import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CertificateAuthority } from '../../support/certificates.ts';
import type { Directives } from '../../support/daemon-process.ts';
import { Dovecot } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';
import { errorOf, expectSecret, logIn, startProxy, UNAVAILABLE, viewPage } from './wired-proxy.ts';

/** Another address of this machine than the clients', so that Dovecot takes no password in clear there. */
const ELSEWHERE = '127.0.0.2';

describeWith(['dovecot-imapd', 'openssl'], 'TLS towards Dovecot', () => {
  let authority: CertificateAuthority;
  let stranger: CertificateAuthority;
  let dovecot: Dovecot;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    stranger = await CertificateAuthority.create('Unknown authority');
    const byName = {
      'expired.test': await authority.issue({ names: 'DNS:expired.test', days: -1 }),
      'self-signed.test': await authority.issueSelfSigned({ names: 'DNS:self-signed.test' }),
      'unknown.test': await stranger.issue({ names: 'DNS:unknown.test' }),
    };
    const local = Object.entries(byName).map(
      ([name, { certFile, keyFile }]) =>
        `local_name ${name} {\n  ssl_cert = <${certFile}\n  ssl_key = <${keyFile}\n}\n`,
    );
    const settings = `listen = 127.0.0.1, ${ELSEWHERE}\ndisable_plaintext_auth = yes\n${local.join('')}`;
    dovecot = await Dovecot.start({ tls: await authority.issue(), settings });
    await dovecot.deliver('alice', 'Subject: hello\r\n\r\nworld\r\n');
  });

  afterAll(async () => {
    await dovecot.stop();
    authority.remove();
    stranger.remove();
  });

  /** The ways to begin: where the server is then, and what it takes. */
  const ways = {
    implicit: { target: () => ({ port: dovecot.tlsPort }), directives: { server_tls: 'implicit' } },
    starttls: { target: () => ({ port: dovecot.port }), directives: { force_tls: 'yes' } },
    auto: { target: () => ({ port: dovecot.port, host: ELSEWHERE }), directives: {} },
  } as const;
  const each = ['implicit', 'starttls', 'auto'] as const;

  const start = (way: keyof typeof ways, more: Directives = {}, target = ways[way].target()) =>
    startProxy(target, { tls_ca_file: authority.certFile, ...ways[way].directives, ...more });

  /** A login fails as `cause` says, and neither wire nor server has seen anything of it. */
  async function expectFailure(way: keyof typeof ways, more: Directives, cause: RegExp): Promise<void> {
    const logged = dovecot.log().length;
    const { proxy, wire } = await start(way, more);

    expect(await logIn(proxy)).toBe(UNAVAILABLE);

    expect(errorOf(proxy)).toMatch(cause);
    expectSecret(wire);
    await dovecot.loginCount();
    expect(dovecot.log().slice(logged)).not.toContain('user=<alice>');
  }

  it.each(each)('caches as in clear, and nothing can be read on the way (%s)', async (way) => {
    const { proxy, wire } = await start(way);
    const before = await dovecot.loginCount('alice');

    for (let view = 0; view < 10; view += 1) await viewPage(proxy);

    expect(await dovecot.loginCount('alice')).toBe(before + 1);
    expect(wire.connections).toBe(2);
    expectSecret(wire);
    expect(wire.sent.startsWith(way === 'implicit' ? '\x16\x03' : 'P1 STARTTLS\r\n\x16\x03')).toBe(true);
  });

  it.each(each)('tells clients what the server offers under TLS (%s)', async (way) => {
    const { proxy } = await start(way);
    using direct = await ImapClient.connect(dovecot.port);
    using client = await ImapClient.connect(proxy.port);

    // From this machine Dovecot takes passwords in clear, so it offers the same but for STARTTLS.
    const expected = (await direct.readGreeting()).replace(' STARTTLS', '').replace(' LOGIN-REFERRALS', '');
    expect(await client.readGreeting()).toBe(expected);
  });

  it('trusts whom a directory of authorities holds', async () => {
    const { proxy } = await start('implicit', { tls_ca_path: dirname(authority.certFile) });
    expect(await logIn(proxy)).toMatch(/^OK /);
  });

  it.each([
    ['implicit', 'expired.test', /: the certificate has expired \(see tls_verify_server\)$/],
    ['starttls', 'expired.test', /: the certificate has expired \(see tls_verify_server\)$/],
    [
      'implicit',
      'self-signed.test',
      /: the certificate is self-signed and not among the trusted ones \(see tls_ca_file, /,
    ],
    [
      'auto',
      'self-signed.test',
      /: the certificate is self-signed and not among the trusted ones \(see tls_ca_file, /,
    ],
    [
      'implicit',
      'unknown.test',
      /: the certificate is of an unknown authority, or .* \(see tls_ca_file, tls_ca_path, /,
    ],
    [
      'starttls',
      'unknown.test',
      /: the certificate is of an unknown authority, or .* \(see tls_ca_file, tls_ca_path, /,
    ],
    [
      'implicit',
      'mail.example.org',
      /: the certificate is for DNS:localhost, IP Address:127\.0\.0\.1, not for mail\.example\.org \(see tls_server_name, /,
    ],
    ['auto', 'mail.example.org', /not for mail\.example\.org \(see tls_server_name, tls_verify_server\)$/],
  ] as const)('refuses (%s) the server when it is asked for %s', async (way, name, cause) => {
    await expectFailure(way, { tls_server_name: name }, cause);
  });

  it('refuses whom it was not told to trust, the system being silent about them', async () => {
    await expectFailure('implicit', { tls_ca_file: stranger.certFile }, /unknown authority/);
  });

  it.each(['expired.test', 'self-signed.test', 'unknown.test', 'mail.example.org'])(
    'takes %s with tls_verify_server no, still encrypted',
    async (name) => {
      const { proxy, wire } = await start('starttls', { tls_server_name: name, tls_verify_server: 'no' });

      expect(await logIn(proxy)).toMatch(/^OK /);
      expectSecret(wire);
    },
  );

  it('sends no password in clear to a server that takes none, when told not to encrypt', async () => {
    const { proxy, wire } = await start('auto', { server_tls: 'off' });

    expect(await logIn(proxy)).toMatch(/^NO \[PRIVACYREQUIRED\] /);
    expectSecret(wire);
  });

  it('names the port as the cause where the server does not speak TLS from the first octet', async () => {
    const { proxy, wire } = await start('implicit', {}, { port: dovecot.port });

    expect(await logIn(proxy)).toBe(UNAVAILABLE);
    expect(errorOf(proxy)).toContain(': what the server sends is not TLS (see server_tls, server_port)');
    expectSecret(wire);
  });
});
