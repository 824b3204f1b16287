/** What the directives about clients amount to together. */
import { type Config, DIRECTIVES } from './directives.ts';
import type { Finding } from './finding.ts';
import type { Resolution } from './resolve.ts';

interface Rule {
  readonly key: keyof Config;
  readonly isBroken: (config: Config) => boolean;
  readonly message: string;
}

const RULES: readonly Rule[] = [
  {
    key: 'listenTlsPort',
    isBroken: ({ listenTlsPort, clientTlsCertFile }) =>
      listenTlsPort !== undefined && clientTlsCertFile === undefined,
    message: 'works only together with client_tls_cert_file',
  },
  {
    key: 'listenTlsPort',
    isBroken: ({ listenTlsPort, listenPort }) => listenTlsPort === listenPort && listenTlsPort !== 0,
    message: 'is the same port as listen_port',
  },
  {
    key: 'requireTls',
    isBroken: ({ requireTls, clientTlsCertFile }) => requireTls !== 'no' && clientTlsCertFile === undefined,
    message: 'works only together with client_tls_cert_file: nobody could log in',
  },
  {
    key: 'clientTlsKeyFile',
    isBroken: ({ clientTlsKeyFile: keys, clientTlsCertFile: certificates }) =>
      keys !== undefined && keys.length !== certificates?.length,
    message: 'expected as many files as client_tls_cert_file has',
  },
  {
    key: 'clientTlsVerify',
    isBroken: ({ clientTlsVerify, clientTlsCaFile, clientTlsCaPath }) =>
      clientTlsVerify !== 'off' && clientTlsCaFile === undefined && clientTlsCaPath === undefined,
    message:
      'works only together with client_tls_ca_file or client_tls_ca_path: nobody is named who issues certificates',
  },
  {
    key: 'clientTlsVerify',
    isBroken: ({ clientTlsVerify, requireTls }) => clientTlsVerify === 'require' && requireTls === 'no',
    message: 'works only together with require_tls: clients without TLS are asked for no certificate',
  },
  {
    key: 'proxyProtocol',
    isBroken: ({ proxyProtocol, trustedNetworks }) => proxyProtocol && trustedNetworks === undefined,
    message: 'works only together with trusted_networks: every connection would be refused',
  },
];

/** What can only be seen by looking at several directives about clients. */
export function checkClients({ file, config, origins }: Resolution): Finding[] {
  return RULES.filter(({ isBroken }) => isBroken(config)).map(({ key, message }) => {
    const origin = origins[key];
    const line = origin === 'default' ? undefined : origin;
    return { severity: 'error', file, line, directive: DIRECTIVES[key].name, message };
  });
}
