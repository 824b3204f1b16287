import { ProxyError } from '../base/errors.ts';
import type { Endpoint } from './dial.ts';

/**
 * The connection to the server could not be encrypted as was asked; the message says which check failed and
 * which directives decide it. `cause` is what the library said.
 */
export class TlsFailedError extends ProxyError {
  readonly code = 'UPSTREAM_TLS';
  readonly fault = 'upstream';
  override readonly reply = { status: 'NO', code: 'UNAVAILABLE' } as const;

  /**
   * Whether the handshake was to resume a session. Some servers break that off instead of doing it in full
   * (Dovecot 2.3 when it asks for client certificates: "session id context uninitialized").
   */
  readonly mayRetry: boolean;

  constructor({ host, port }: Endpoint, cause: Error, mayRetry = false) {
    super(`Cannot use TLS with ${host}:${port}: ${describe(cause)}`, { cause });
    this.mayRetry = mayRetry;
  }
}

/** Whether `error` is the TLS library's own: a broken record, an alert of the server. */
export function isTlsError(error: unknown): error is Error {
  return error instanceof Error && codeOf(error).startsWith('ERR_SSL_');
}

const TRUST = 'tls_ca_file, tls_ca_path, tls_verify_server';
const INCOMPLETE =
  'the certificate is of an unknown authority, or the server leaves out the certificates in between';

/** Dovecot 2.3 says nothing when it does not know the version. */
const ENDED =
  'the server ended the connection during the handshake; it may want another version of TLS, or a certificate';

/** What Node.js calls the outcomes of a verification (`X509_V_ERR_*`), and a host name that does not fit. */
const VERIFICATIONS: Readonly<Record<string, readonly [what: string, directives: string]>> = {
  CERT_HAS_EXPIRED: ['the certificate has expired', 'tls_verify_server'],
  CERT_NOT_YET_VALID: ['the certificate is not valid yet', 'tls_verify_server'],
  CERT_REVOKED: ['the certificate has been revoked', 'tls_verify_server'],
  INVALID_PURPOSE: ['the certificate is not meant for a server', 'tls_verify_server'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['the certificate is self-signed and not among the trusted ones', TRUST],
  SELF_SIGNED_CERT_IN_CHAIN: ['the authority of the certificate is not among the trusted ones', TRUST],
  UNABLE_TO_GET_ISSUER_CERT: [INCOMPLETE, TRUST],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [INCOMPLETE, TRUST],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [INCOMPLETE, TRUST],
};

/**
 * By the names that OpenSSL gives to what goes wrong; alerts come from the server. The order matters, and the
 * names have changed from version to version (`SSLV3_ALERT_`, `SSL/TLS_ALERT_`).
 */
const FAULTS: readonly (readonly [code: RegExp, what: string, directives: string])[] = [
  [/ALERT_CERTIFICATE_REQUIRED/, 'the server demands a certificate of the proxy', 'tls_cert_file'],
  [
    /ALERT_(?:UNKNOWN_CA|ACCESS_DENIED)|ALERT_.*CERTIFICATE/,
    'the server refuses the certificate of the proxy',
    'tls_cert_file',
  ],
  [
    /ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|UNSUPPORTED_SSL_VERSION|VERSION_TOO_LOW|NO_PROTOCOLS_AVAILABLE/,
    'server and proxy have no version of TLS in common',
    'tls_min_version, tls_no_tlsv1...',
  ],
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/,
    'what the server sends is not TLS',
    'server_tls, server_port',
  ],
  [/UNRECOGNIZED_NAME/, 'the server does not know the name it is asked for', 'tls_server_name'],
  [
    /ALERT_HANDSHAKE_FAILURE/,
    'the server refuses: no cipher in common, or it demands a certificate',
    'tls_ciphers, tls_cert_file',
  ],
  [/TOO_SMALL|TOO_WEAK|DH_PARAM_SIZE/, 'a key or signature of the server is too weak', 'tls_ciphers'],
];

function describe(error: Error): string {
  const code = codeOf(error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return describeNames(error);
  const verification = VERIFICATIONS[code];
  if (verification !== undefined) return withDirectives(...verification);
  const fault = FAULTS.find(([pattern]) => pattern.test(code));
  if (fault !== undefined) return withDirectives(fault[1], fault[2]);
  if (code === 'ECONNRESET') return withDirectives(ENDED, 'tls_min_version, tls_cert_file');
  // OpenSSL's messages are a line of numbers around its reason.
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
  return code === '' || code === reason ? printable(reason) : printable(`${reason} (${code})`);
}

function describeNames(error: Error): string {
  const { host, cert } = error as Error & { readonly host?: string; readonly cert?: CertificateNames };
  const names = cert?.subjectaltname ?? String(cert?.subject?.CN ?? 'nobody');
  return withDirectives(
    `the certificate is for ${printable(names)}, not for ${host}`,
    'tls_server_name, tls_verify_server',
  );
}

interface CertificateNames {
  readonly subjectaltname?: string;
  readonly subject?: { readonly CN?: string | readonly string[] };
}

function withDirectives(what: string, directives: string): string {
  return `${what} (see ${directives})`;
}

/** At most this many characters of what the server has written into its certificate. */
const MAX_SHOWN = 200;

function printable(text: string): string {
  return text.slice(0, MAX_SHOWN).replace(/[^ -~]/g, '?');
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
