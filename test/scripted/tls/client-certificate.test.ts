import { readFileSync } from 'node:fs';
import type { TlsOptions } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import type { Directives } from '../../support/daemon-process.ts';
import { type ProxiedServer, startProxied } from '../../support/proxied-server.ts';
import { serveCommands } from '../../support/scripted-imap.ts';
import { describeWith } from '../../support/system-packages.ts';
import { errorsOf, logIn, secureAtOnce, serveMail, UNAVAILABLE } from './tls-server.ts';

describeWith(['openssl'], 'A server that lets in nobody without a certificate', () => {
  let authority: CertificateAuthority;
  let certificate: Certificate;

  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    certificate = await authority.issue();
  });

  afterAll(() => authority.remove());

  function start(
    version: 'TLSv1.2' | 'TLSv1.3',
    directives: Directives,
    isExpected: boolean,
  ): Promise<ProxiedServer> {
    const options: TlsOptions = {
      cert: certificate.cert,
      key: certificate.key,
      maxVersion: version,
      requestCert: true,
      ca: readFileSync(authority.certFile),
    };
    return startProxied(
      async (connection) => {
        if (isExpected) await serveMail(await secureAtOnce(connection, options));
        else await expect(connection.secure(options)).rejects.toThrow();
      },
      {
        directives: { tls_ca_file: authority.certFile, server_tls: 'implicit', ...directives },
        probe: async (connection) => serveCommands(await secureAtOnce(connection, certificate)),
      },
    );
  }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('gets the one that is set (%s)', async (version) => {
    const { certFile, keyFile } = await authority.issue({ names: 'DNS:proxy', purpose: 'clientAuth' });
    const { proxy } = await start(version, { tls_cert_file: certFile, tls_key_file: keyFile }, true);

    expect((await logIn(proxy)).status).toBe('OK');
  });

  it.each([
    [
      'TLSv1.2',
      /: the server refuses: no cipher in common, or it demands a certificate \(see .*tls_cert_file\)$/,
    ],
    ['TLSv1.3', /: the server demands a certificate of the proxy \(see tls_cert_file\)$/],
  ] as const)('is named as the cause where none is set (%s)', async (version, cause) => {
    const { proxy } = await start(version, {}, false);

    expect((await logIn(proxy)).tagged).toBe(UNAVAILABLE);
    expect(errorsOf(proxy).at(-1)).toMatch(cause);
  });
});
