import { describe, expect, it } from 'vitest';
import {
  describeFailure,
  describeRefusal,
  TlsClientFailedError,
} from '../../../src/net/tls-server-failure.ts';

function failure(code: string, reason?: string): Error {
  return Object.assign(new Error(`error:0A0000C1:${code}`), {
    code,
    ...(reason !== undefined && { reason }),
  });
}

describe('describeFailure', () => {
  it.each([
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'it does not trust the certificate of the proxy'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'it does not trust the certificate of the proxy'],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', 'it does not trust the certificate of the proxy'],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'client and proxy have no version of TLS in common'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'client and proxy have no version of TLS in common'],
    ['ERR_SSL_NO_SHARED_CIPHER', 'client and proxy have no cipher in common'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'what it sends is not TLS'],
    ['ERR_SSL_HTTP_REQUEST', 'what it sends is HTTP'],
    ['ERR_SSL_NO_APPLICATION_PROTOCOL', 'it wants another protocol than IMAP (ALPN)'],
    ['ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', 'it has no certificate, which is required'],
    [
      'ECONNRESET',
      'it ended the connection during the handshake; it may not trust the certificate of the proxy',
    ],
  ])('explains %s', (code, expected) => {
    expect(describeFailure(failure(code))).toBe(expected);
  });

  it("gives the library's reason where it knows no better, without the numbers around it", () => {
    expect(describeFailure(failure('ERR_SSL_DECRYPTION_FAILED', 'decryption failed'))).toBe(
      'decryption failed',
    );
    expect(describeFailure(new Error('something else'))).toBe('something else');
  });
});

describe('TlsClientFailedError', () => {
  it('says why, and has no reply: nobody could read it', () => {
    const error = new TlsClientFailedError(describeRefusal('CERT_HAS_EXPIRED'));
    expect(error.message).toBe(
      'Cannot use TLS with the client: its certificate is not accepted (CERT_HAS_EXPIRED)',
    );
    expect(error.reply).toBeUndefined();
  });
});
