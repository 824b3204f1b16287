import { describe, expect, it } from 'vitest';
import { TlsSetupError } from '../../../src/net/tls-files.ts';
import { freePort } from '../../support/free-port.ts';
import { InProcessProxy } from '../../support/in-process-proxy.ts';
import { logIn, UNAVAILABLE } from './tls-server.ts';

describe('A proxy that is to use TLS', () => {
  it.each([
    [{ tls_ca_file: '/nowhere/ca.pem' }, 'Cannot use tls_ca_file /nowhere/ca.pem: ENOENT'],
    [{ tls_ca_path: '/nowhere' }, 'Cannot use tls_ca_path /nowhere: ENOENT'],
    [{ tls_cert_file: '/nowhere/own.pem' }, 'Cannot use tls_cert_file /nowhere/own.pem: ENOENT'],
    [{ tls_ciphers: 'NO-SUCH-CIPHER' }, 'Cannot use tls_ciphers NO-SUCH-CIPHER: no cipher match'],
    [
      { tls_ciphers: 'TLS_NO_SUCH_CIPHER', server_tls: 'implicit' },
      'Cannot use tls_ciphers TLS_NO_SUCH_CIPHER: ',
    ],
  ])('does not start with %j', async (directives, message) => {
    const started = InProcessProxy.start(await freePort(), { directives });

    await expect(started).rejects.toThrow(message);
    await expect(started).rejects.toBeInstanceOf(TlsSetupError);
  });

  it('does not look at what it does not need', async () => {
    const directives = { server_tls: 'off', tls_ca_file: '/nowhere/ca.pem' };
    const proxy = await InProcessProxy.start(await freePort(), { directives });

    expect((await logIn(proxy)).tagged).toBe(UNAVAILABLE);
  });
});
