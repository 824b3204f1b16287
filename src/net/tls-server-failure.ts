import { ProxyError } from '../base/errors.ts';

/**
 * A client's TLS handshake has come to nothing; the message tells the operator why. The client itself hears no more
 * than the library's alert. `cause` is what the library said.
 */
export class TlsClientFailedError extends ProxyError {
  readonly code = 'CLIENT_TLS';
  readonly fault = 'client';

  constructor(why: string, options?: ErrorOptions) {
    super(`Cannot use TLS with the client: ${why}`, options);
  }
}

const ENDED = 'it ended the connection during the handshake; it may not trust the certificate of the proxy';
const NOT_TLS = 'what it sends is not TLS';
const NO_CIPHER = 'client and proxy have no cipher in common';
const NO_VERSION = 'client and proxy have no version of TLS in common';
const DISTRUST = 'it does not trust the certificate of the proxy';

/** By the names that OpenSSL gives to what goes wrong; alerts come from the client. The order matters. */
const FAULTS: readonly (readonly [code: RegExp, what: string])[] = [
  [/ALERT_(?:UNKNOWN_CA|ACCESS_DENIED)|ALERT_.*CERTIFICATE/, DISTRUST],
  [/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|NO_PROTOCOLS_AVAILABLE/, NO_VERSION],
  [/HTTP_REQUEST|HTTPS_PROXY_REQUEST/, 'what it sends is HTTP'],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|BAD_RECORD_TYPE/, NOT_TLS],
  [/NO_SHARED_CIPHER|NO_SUITABLE_|ALERT_HANDSHAKE_FAILURE/, NO_CIPHER],
  [/NO_APPLICATION_PROTOCOL/, 'it wants another protocol than IMAP (ALPN)'],
  [/DID_NOT_RETURN_A_CERTIFICATE/, 'it has no certificate, which is required'],
  [/ECONNRESET|EPIPE/, ENDED],
];

/** What `error`, of a handshake with a client, means to the operator. */
export function describeFailure(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const fault = FAULTS.find(([pattern]) => pattern.test(code));
  if (fault !== undefined) return fault[1];
  // OpenSSL's messages are a line of numbers around its reason.
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
}

/** @param verification How OpenSSL calls the outcome of its check, `CERT_HAS_EXPIRED` for example. */
export function describeRefusal(verification: string): string {
  return `its certificate is not accepted (${verification})`;
}
