import type { DirectivesFor } from './directive.ts';
import { text, yesNo } from './kinds.ts';

/** How the connection to the IMAP server is encrypted. */
export interface TlsConfig {
  readonly forceTls: boolean;
  readonly tlsVerifyServer: boolean;
  readonly tlsCaFile: string | undefined;
  readonly tlsCaPath: string | undefined;
  readonly tlsCertFile: string | undefined;
  /** Undefined: the key is in `tlsCertFile`. */
  readonly tlsKeyFile: string | undefined;
  readonly tlsCiphers: string | undefined;
  readonly tlsNoTlsv1: boolean;
  readonly tlsNoTlsv11: boolean;
  readonly tlsNoTlsv12: boolean;
}

const INSTEAD = 'the connection to the server is not encrypted yet';
const NOT_YET = { severity: 'warning', instead: INSTEAD } as const;
const NOT_YET_UNLESS_NO = { ...NOT_YET, harmless: false } as const;

/** @see TlsConfig */
export const TLS_DIRECTIVES: DirectivesFor<TlsConfig> = {
  forceTls: {
    name: 'force_tls',
    kind: yesNo,
    fallback: false,
    doc:
      'Whether nothing but STARTTLS may be sent to the server before the connection is encrypted. ' +
      'Otherwise STARTTLS is used where the server refuses to take a login without it.',
    since: 'classic',
    // Credentials must never go out in clear where encryption was demanded.
    inForce: { severity: 'error', instead: INSTEAD, harmless: false },
  },
  tlsVerifyServer: {
    name: 'tls_verify_server',
    kind: yesNo,
    fallback: true,
    doc:
      'Whether the certificate of the server must be trusted and carry the name server_hostname. ' +
      'With no, anyone on the way can read the mail and the passwords.',
    since: 'classic',
    inForce: NOT_YET_UNLESS_NO,
  },
  tlsCaFile: {
    name: 'tls_ca_file',
    kind: text('a path to a file'),
    fallback: undefined,
    example: '/etc/ssl/certs/ca-certificates.crt',
    doc:
      'A PEM file of the certificate authorities to trust. ' +
      'With neither this nor tls_ca_path, those of the system are trusted.',
    since: 'classic',
    inForce: NOT_YET,
  },
  tlsCaPath: {
    name: 'tls_ca_path',
    kind: text('a path to a directory'),
    fallback: undefined,
    example: '/etc/ssl/certs',
    doc: 'A directory of PEM files, one for each certificate authority to trust.',
    since: 'classic',
    inForce: NOT_YET,
  },
  tlsCertFile: {
    name: 'tls_cert_file',
    kind: text('a path to a file'),
    fallback: undefined,
    example: '/etc/ssl/certs/imapproxy.crt',
    doc:
      'A PEM file with the certificate that the proxy shows to the server. ' +
      'When it is not set, none is shown.',
    since: 'classic',
    inForce: NOT_YET,
  },
  tlsKeyFile: {
    name: 'tls_key_file',
    kind: text('a path to a file'),
    fallback: undefined,
    example: '/etc/ssl/private/imapproxy.key',
    doc:
      'A PEM file with the private key of tls_cert_file. ' +
      'When it is not set, the key is looked for in tls_cert_file.',
    since: 'classic',
    inForce: NOT_YET,
  },
  tlsCiphers: {
    name: 'tls_ciphers',
    kind: text('a list of ciphers as in ciphers(1)'),
    fallback: undefined,
    example: 'ALL:!aNULL:!eNULL',
    doc: 'The ciphers allowed up to TLS 1.2, as in ciphers(1). When it is not set, OpenSSL chooses.',
    since: 'classic',
    inForce: NOT_YET,
  },
  tlsNoTlsv1: {
    name: 'tls_no_tlsv1',
    kind: yesNo,
    fallback: false,
    doc: 'Whether TLS 1.0 is refused.',
    since: 'classic',
    inForce: NOT_YET_UNLESS_NO,
  },
  tlsNoTlsv11: {
    name: 'tls_no_tlsv1.1',
    kind: yesNo,
    fallback: false,
    doc: 'Whether TLS 1.1 is refused.',
    since: 'classic',
    inForce: NOT_YET_UNLESS_NO,
  },
  tlsNoTlsv12: {
    name: 'tls_no_tlsv1.2',
    kind: yesNo,
    fallback: false,
    doc: 'Whether TLS 1.2 is refused, so that TLS 1.3 is the only version left.',
    since: 'classic',
    inForce: NOT_YET_UNLESS_NO,
  },
};
