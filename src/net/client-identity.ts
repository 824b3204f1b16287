import type { TLSSocket } from 'node:tls';

/** Who a client is by its certificate. */
export interface ClientIdentity {
  /** The distinguished name in one line, `C=SE, CN=alice`, control characters escaped. */
  readonly subject: string;
  /** SHA-256 of the certificate, in hexadecimal with colons. */
  readonly fingerprint: string;
}

/** At most this many characters of what stands in the certificate. */
const MAX_SUBJECT = 200;

/**
 * Who the client behind `secured` is; undefined when it showed no certificate, or one that is not accepted. A resumed
 * session repeats no check, so one that has expired since the first handshake is not accepted either.
 */
export function clientIdentityOf(secured: TLSSocket): ClientIdentity | undefined {
  if (!secured.authorized) return undefined;
  const certificate = secured.getPeerX509Certificate();
  if (certificate === undefined || Date.parse(certificate.validTo) < Date.now()) return undefined;
  const subject = certificate.subject?.split('\n').join(', ').slice(0, MAX_SUBJECT) ?? '';
  return { subject, fingerprint: certificate.fingerprint256 };
}
