import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/directives.ts';
import { CertificateWatch } from '../net/certificate-watch.ts';
import { filesOf, TlsServer, type TlsServerSettings } from '../net/tls-server.ts';
import type { Log } from '../observe/logger.ts';

/** How often certificates are looked at, in ms. A renewal has days. */
const WATCH_MS = 30_000;

/**
 * The certificates that clients are shown, as they are now. Other files come in force for the handshakes after; what
 * is encrypted already is not touched.
 */
export class ClientTls {
  readonly #settings: TlsServerSettings;
  readonly #clock: Clock;
  readonly #log: Log;
  #server: TlsServer;
  #watch: CertificateWatch | undefined;

  /** @throws TlsSetupError when a certificate, a key or a list of ciphers cannot be used. */
  constructor(settings: TlsServerSettings, clock: Clock, log: Log) {
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
    this.#server = new TlsServer(settings, clock);
  }

  get server(): TlsServer {
    return this.#server;
  }

  /** Looks at the files from now on. */
  watch(): void {
    const options = {
      files: filesOf(this.#settings),
      everyMs: WATCH_MS,
      reload: () => {
        this.#server = new TlsServer(this.#settings, this.#clock);
        this.#log.info('certificates for clients reloaded');
      },
      onUnusable: (error: unknown) => {
        const cause = error instanceof Error ? error.message : String(error);
        this.#log.warn({ error: cause }, 'certificates for clients have changed and cannot be used');
      },
    };
    this.#watch = new CertificateWatch(options, this.#clock);
  }

  stop(): void {
    this.#watch?.stop();
  }
}

/** What `config` wants shown to clients; undefined when that is nothing. */
export function clientTlsSettings(config: Config): TlsServerSettings | undefined {
  const { clientTlsCertFile: certificates, clientTlsKeyFile: keys } = config;
  const [first, ...others] = (certificates ?? []).map((certFile, index) => ({
    certFile,
    keyFile: keys?.[index],
  }));
  if (first === undefined) return undefined;
  return {
    identities: [first, ...others],
    minVersion: config.clientTlsMinVersion,
    ciphers: config.clientTlsCiphers,
    clientCertificates: config.clientTlsVerify,
    clientCaFile: config.clientTlsCaFile,
    clientCaPath: config.clientTlsCaPath,
  };
}
