import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/directives.ts';
import { lowestTlsVersion, serverTlsMode } from '../config/tls-policy.ts';
import type { Endpoint } from '../net/dial.ts';
import { TlsClient } from '../net/tls-client.ts';
import type { UpstreamTls } from '../upstream/opening.ts';

/**
 * How connections to `endpoint` are encrypted. Reads certificates and keys now, so that they may be out of
 * reach later.
 *
 * @throws TlsSetupError when a file, or the list of ciphers, cannot be used.
 */
export function serverTls(config: Config, endpoint: Endpoint, clock: Clock): UpstreamTls {
  const mode = serverTlsMode(config);
  if (mode === 'off') return { mode };
  const settings = {
    serverName: config.tlsServerName ?? config.serverHostname,
    verifiesServer: config.tlsVerifyServer,
    minVersion: lowestTlsVersion(config),
    ciphers: config.tlsCiphers,
    caFile: config.tlsCaFile,
    caPath: config.tlsCaPath,
    certFile: config.tlsCertFile,
    keyFile: config.tlsKeyFile,
  };
  return { mode, client: new TlsClient(endpoint, settings, clock) };
}
