import { chmodSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertificateAuthority } from '../../support/certificates.ts';
import type { Directives } from '../../support/daemon-process.ts';
import { Dovecot } from '../../support/dovecot.ts';
import { describeWith } from '../../support/system-packages.ts';
import { errorOf, expectSecret, logIn, startProxy, UNAVAILABLE, viewPage } from './wired-proxy.ts';

describeWith(['dovecot-imapd', 'openssl'], 'A Dovecot', () => {
  let authority: CertificateAuthority;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
  });

  afterAll(() => authority.remove());

  const start = ({ tlsPort }: Dovecot, more: Directives = {}) =>
    startProxy({ port: tlsPort }, { server_tls: 'implicit', tls_ca_file: authority.certFile, ...more });

  describe('that lets in nobody without a certificate', () => {
    let strict: Dovecot;

    beforeAll(async () => {
      const settings = `ssl_ca = <${authority.certFile}
ssl_verify_client_cert = yes
ssl_require_crl = no
auth_ssl_require_client_cert = yes
`;
      strict = await Dovecot.start({ tls: await authority.issue(), settings });
      await strict.deliver('alice', 'Subject: hello\r\n\r\nworld\r\n');
    });

    afterAll(() => strict.stop());

    it('is shown none, and says so', async () => {
      const { proxy, wire } = await start(strict);

      // Dovecot looks at the certificate when a user logs in, which is under TLS already.
      expect(await logIn(proxy)).toBe("NO [ALERT] Client didn't present valid SSL certificate");
      expectSecret(wire);
    });

    it('is shown the one of the proxy, and kept and used again', async () => {
      const { certFile, keyFile } = await authority.issue({ names: 'DNS:proxy', purpose: 'clientAuth' });
      const certificate = { tls_cert_file: certFile, tls_key_file: keyFile };
      const { proxy, wire } = await start(strict, certificate);

      for (let view = 0; view < 3; view += 1) await viewPage(proxy);
      // The look at the greeting, an attempt to resume its session, which Dovecot breaks off, and the one that is kept.
      expect(wire.connections).toBe(3);
    });
  });

  describe('that knows no TLS newer than 1.2', () => {
    let old: Dovecot;

    beforeAll(async () => {
      const openssl = authority.path('openssl.cnf');
      const sections = 'openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n';
      writeFileSync(openssl, `${sections}MaxProtocol = TLSv1.2\n`);
      // Dovecot's login process reads it as a user of its own.
      chmodSync(dirname(openssl), 0o755);
      const settings = `import_environment = $import_environment OPENSSL_CONF=${openssl}`;
      old = await Dovecot.start({ tls: await authority.issue(), settings });
    });

    afterAll(() => old.stop());

    it('is spoken to in that', async () => {
      const { proxy } = await start(old);

      expect(await logIn(proxy)).toMatch(/^OK /);
      expect(proxy.log('server answers')).toMatchObject([{ tls: expect.stringMatching(/^TLSv1\.2 /) }]);
    });

    it.each([{ 'tls_no_tlsv1.2': 'yes' }, { tls_min_version: '1.3' }])('is refused with %j', async (more) => {
      const { proxy, wire } = await start(old, more);

      expect(await logIn(proxy)).toBe(UNAVAILABLE);
      // Dovecot sends no alert; a server that does is in the tests with a scripted one.
      expect(errorOf(proxy)).toMatch(
        /: the server ended the connection during the handshake; .* \(see tls_min_version, tls_cert_file\)$/,
      );
      expectSecret(wire);
    });
  });
});
