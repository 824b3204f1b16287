import type { DirectivesFor } from './directive.ts';
import { choice, paths, port, text } from './kinds.ts';
import type { TlsVersion } from './tls-directives.ts';

/** How connections of clients are encrypted. */
export interface ClientTlsConfig {
  /** Undefined: no such port. */
  readonly listenTlsPort: number | undefined;
  readonly requireTls: 'no' | 'remote' | 'yes';
  /** Undefined: clients are offered no TLS. */
  readonly clientTlsCertFile: readonly string[] | undefined;
  /** Undefined: each key is in the file of its certificate. */
  readonly clientTlsKeyFile: readonly string[] | undefined;
  readonly clientTlsMinVersion: TlsVersion;
  readonly clientTlsCiphers: string | undefined;
  readonly clientTlsVerify: 'off' | 'request' | 'require';
  readonly clientTlsCaFile: string | undefined;
  readonly clientTlsCaPath: string | undefined;
}

/** @see ClientTlsConfig */
export const CLIENT_TLS_DIRECTIVES: DirectivesFor<ClientTlsConfig> = {
  listenTlsPort: {
    name: 'listen_tls_port',
    kind: port(0),
    fallback: undefined,
    example: '993',
    doc:
      'The port on which clients speak TLS from the first octet, beside listen_port. ' +
      'When it is not set, there is none.',
    since: '2.0',
  },
  clientTlsCertFile: {
    name: 'client_tls_cert_file',
    kind: paths,
    fallback: undefined,
    example: '/etc/ssl/certs/mail.example.org.pem',
    doc:
      'PEM files with the certificates that clients are shown, each with its chain. ' +
      'Clients get the one for the name that they ask for (SNI), else the first; STARTTLS is then offered on listen_port. ' +
      'The files are read again when they change, and by SIGHUP.',
    since: '2.0',
  },
  clientTlsKeyFile: {
    name: 'client_tls_key_file',
    kind: paths,
    fallback: undefined,
    example: '/etc/ssl/private/mail.example.org.key',
    doc:
      'PEM files with the private keys of client_tls_cert_file, in the same order, without passphrases. ' +
      'When it is not set, each key is looked for in the file of its certificate.',
    since: '2.0',
  },
  requireTls: {
    name: 'require_tls',
    kind: choice('no', 'remote', 'yes'),
    fallback: 'no',
    doc:
      'Whether clients may log in without TLS. ' +
      'With yes none may (LOGINDISABLED), with remote only those on a loopback address or listen_unix.',
    since: '2.0',
  },
  clientTlsMinVersion: {
    name: 'client_tls_min_version',
    kind: choice('1.0', '1.1', '1.2', '1.3'),
    fallback: '1.2',
    doc: 'The lowest version of TLS that is spoken with clients.',
    since: '2.0',
  },
  clientTlsCiphers: {
    name: 'client_tls_ciphers',
    kind: text('a list of ciphers as in ciphers(1)'),
    fallback: undefined,
    example: 'HIGH:!aNULL',
    doc:
      'The ciphers allowed with clients up to TLS 1.2, as in ciphers(1). When it is not set, Node.js chooses. ' +
      'Those of TLS 1.3 stay as they are unless the list names one of them (TLS_...).',
    since: '2.0',
  },
  clientTlsVerify: {
    name: 'client_tls_verify',
    kind: choice('off', 'request', 'require'),
    fallback: 'off',
    doc:
      'Whether clients are asked for a certificate. ' +
      'With require those without a good one are turned away.',
    since: '2.0',
  },
  clientTlsCaFile: {
    name: 'client_tls_ca_file',
    kind: text('a path to a file'),
    fallback: undefined,
    example: '/etc/imapproxy/clients.pem',
    doc: 'A PEM file of the certificate authorities whose certificates clients may show.',
    since: '2.0',
  },
  clientTlsCaPath: {
    name: 'client_tls_ca_path',
    kind: text('a path to a directory'),
    fallback: undefined,
    example: '/etc/imapproxy/clients',
    doc: 'A directory of such files, as tls_ca_path.',
    since: '2.0',
  },
};
