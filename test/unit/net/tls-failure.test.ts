import { describe, expect, it } from 'vitest';
import { isTlsError, TlsFailedError } from '../../../src/net/tls-failure.ts';

const endpoint = { host: 'mail.example.org', port: 993, family: 0 } as const;
const START = 'Cannot use TLS with mail.example.org:993: ';

function messageOf(code: string, more: object = {}): string {
  return new TlsFailedError(endpoint, Object.assign(new Error('library words'), { code }, more)).message;
}

describe('TlsFailedError', () => {
  it('tells the client that the server is not available, and keeps the cause', () => {
    const cause = new Error('why');
    expect(new TlsFailedError(endpoint, cause)).toMatchObject({
      code: 'UPSTREAM_TLS',
      reply: { status: 'NO', code: 'UNAVAILABLE' },
      cause,
      message: `${START}why`,
    });
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'the certificate has expired (see tls_verify_server)'],
    ['CERT_NOT_YET_VALID', 'the certificate is not valid yet (see tls_verify_server)'],
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'the certificate is self-signed and not among the trusted ones (see tls_ca_file, tls_ca_path, tls_verify_server)',
    ],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'the authority of the certificate is not among the trusted ones (see tls_ca_file, tls_ca_path, tls_verify_server)',
    ],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'the certificate is of an unknown authority, or the server leaves out the certificates in between (see tls_ca_file, tls_ca_path, tls_verify_server)',
    ],
    [
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'the server demands a certificate of the proxy (see tls_cert_file)',
    ],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'the server refuses the certificate of the proxy (see tls_cert_file)'],
    [
      'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
      'the server refuses the certificate of the proxy (see tls_cert_file)',
    ],
    [
      'ERR_SSL_UNSUPPORTED_PROTOCOL',
      'server and proxy have no version of TLS in common (see tls_min_version, tls_no_tlsv1...)',
    ],
    [
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      'server and proxy have no version of TLS in common (see tls_min_version, tls_no_tlsv1...)',
    ],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'what the server sends is not TLS (see server_tls, server_port)'],
    [
      'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      'the server refuses: no cipher in common, or it demands a certificate (see tls_ciphers, tls_cert_file)',
    ],
    ['ERR_SSL_DH_KEY_TOO_SMALL', 'a key or signature of the server is too weak (see tls_ciphers)'],
    [
      'ECONNRESET',
      'the server ended the connection during the handshake; it may want another version of TLS, or a certificate (see tls_min_version, tls_cert_file)',
    ],
    ['UNKNOWN_CODE', 'library words (UNKNOWN_CODE)'],
  ])('explains %s', (code, words) => {
    expect(messageOf(code)).toBe(`${START}${words}`);
  });

  it("prefers OpenSSL's reason to its line of numbers", () => {
    expect(messageOf('ERR_SSL_X', { reason: 'x happened' })).toBe(`${START}x happened (ERR_SSL_X)`);
  });

  it.each([
    [
      { subjectaltname: 'DNS:a.example, DNS:b.example', subject: { CN: 'c' } },
      'DNS:a.example, DNS:b.example',
    ],
    [{ subject: { CN: 'c.example' } }, 'c.example'],
    [{ subject: { CN: ['c.example', 'd.example'] } }, 'c.example,d.example'],
    [{}, 'nobody'],
    [{ subject: { CN: 'evil\r\n\u001b[31mname' } }, 'evil???[31mname'],
    [{ subjectaltname: 'x'.repeat(1_000) }, 'x'.repeat(200)],
  ])('says for whom the certificate is: %j', (cert, names) => {
    expect(messageOf('ERR_TLS_CERT_ALTNAME_INVALID', { cert, host: 'mail.example.org' })).toBe(
      `${START}the certificate is for ${names}, not for mail.example.org (see tls_server_name, tls_verify_server)`,
    );
  });
});

describe('isTlsError', () => {
  it.each([
    [Object.assign(new Error('x'), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }), true],
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), false],
    [new Error('x'), false],
    [undefined, false],
  ])('of %j is %j', (error, expected) => {
    expect(isTlsError(error)).toBe(expected);
  });
});
