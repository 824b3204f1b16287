import type { DirectivesFor } from './directive.ts';
import { choice, host, text, yesNo } from './kinds.ts';

/** How the connection to the IMAP server is encrypted. */
export interface TlsConfig {
  readonly serverTls: 'auto' | 'off' | 'starttls' | 'implicit';
  readonly forceTls: boolean;
  readonly tlsVerifyServer: boolean;
  /** Undefined: `serverHostname`. */
  readonly tlsServerName: string | undefined;
  readonly tlsCaFile: string | undefined;
  readonly tlsCaPath: string | undefined;
  readonly tlsCertFile: string | undefined;
  /** Undefined: the key is in `tlsCertFile`. */
  readonly tlsKeyFile: string | undefined;
  readonly tlsCiphers: string | undefined;
  /** What is refused beyond it, {@link lowestTlsVersion} tells. */
  readonly tlsMinVersion: TlsVersion;
  readonly tlsNoTlsv1: boolean;
  readonly tlsNoTlsv11: boolean;
  readonly tlsNoTlsv12: boolean;
}

export type TlsVersion = '1.0' | '1.1' | '1.2' | '1.3';

/** @see TlsConfig */
export const TLS_DIRECTIVES: DirectivesFor<TlsConfig> = {
  serverTls: {
    name: 'server_tls',
    kind: choice('auto', 'off', 'starttls', 'implicit'),
    fallback: 'auto',
    doc:
      'Whether the server connection is encrypted, by STARTTLS or from its first octet (implicit). ' +
      'With auto it is implicit on port 993, starttls with force_tls, and elsewhere STARTTLS is used only when ' +
      'the server takes no login without it (LOGINDISABLED). ' +
      'That last rule protects from no one who can change what is sent: say starttls or implicit.',
    since: '2.0',
  },
  forceTls: {
    name: 'force_tls',
    kind: yesNo,
    fallback: false,
    doc:
      'Whether server_tls auto means starttls: nothing but STARTTLS may be sent before encryption. ' +
      'A server that does not offer it is then not used.',
    since: 'classic',
  },
  tlsVerifyServer: {
    name: 'tls_verify_server',
    kind: yesNo,
    fallback: true,
    doc:
      'Whether the certificate of the server must be trusted, in date, and for its name. ' +
      'With no, anyone on the way can read the mail and the passwords.',
    since: 'classic',
  },
  tlsServerName: {
    name: 'tls_server_name',
    kind: host,
    fallback: undefined,
    example: 'mail.example.org',
    doc:
      'The name for which the certificate must be, and for which the server is asked (SNI). ' +
      'When it is not set, that is server_hostname.',
    since: '2.0',
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
  },
  tlsCaPath: {
    name: 'tls_ca_path',
    kind: text('a path to a directory'),
    fallback: undefined,
    example: '/etc/ssl/certs',
    doc:
      'A directory of PEM files of certificate authorities to trust, read at the start. ' +
      'Files count whose names end in .pem, .crt or .cer, or are hashes as made by openssl rehash.',
    since: 'classic',
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
  },
  tlsKeyFile: {
    name: 'tls_key_file',
    kind: text('a path to a file'),
    fallback: undefined,
    example: '/etc/ssl/private/imapproxy.key',
    doc:
      'A PEM file with the private key of tls_cert_file, without a passphrase. ' +
      'When it is not set, the key is looked for in tls_cert_file.',
    since: 'classic',
  },
  tlsCiphers: {
    name: 'tls_ciphers',
    kind: text('a list of ciphers as in ciphers(1)'),
    fallback: undefined,
    example: 'ALL:!aNULL:!eNULL',
    doc:
      'The ciphers allowed up to TLS 1.2, as in ciphers(1). When it is not set, Node.js chooses. ' +
      'Those of TLS 1.3 stay as they are unless the list names one of them (TLS_...).',
    since: 'classic',
  },
  tlsMinVersion: {
    name: 'tls_min_version',
    kind: choice('1.0', '1.1', '1.2', '1.3'),
    fallback: '1.2',
    doc:
      'The lowest version of TLS that is spoken with the server. ' +
      'Versions 1.0 and 1.1 are broken (RFC 8996), and OpenSSL wants @SECLEVEL=0 in tls_ciphers for them.',
    since: '2.0',
  },
  tlsNoTlsv1: {
    name: 'tls_no_tlsv1',
    kind: yesNo,
    fallback: false,
    doc: 'Whether TLS 1.0 is refused, whatever tls_min_version says.',
    since: 'classic',
  },
  tlsNoTlsv11: {
    name: 'tls_no_tlsv1.1',
    kind: yesNo,
    fallback: false,
    doc: 'Whether TLS 1.1 and 1.0 are refused, whatever tls_min_version says.',
    since: 'classic',
  },
  tlsNoTlsv12: {
    name: 'tls_no_tlsv1.2',
    kind: yesNo,
    fallback: false,
    doc: 'Whether TLS 1.2 and everything older is refused, so that TLS 1.3 is the only version left.',
    since: 'classic',
  },
};
