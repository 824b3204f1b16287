/** What a configuration makes of the parts that live as long as the daemon. */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.ts';
import { CLIENT_TLS_DIRECTIVES } from '../config/client-tls-directives.ts';
import { type Config, keysOf } from '../config/directives.ts';
import { TLS_DIRECTIVES } from '../config/tls-directives.ts';
import type { Endpoint } from '../net/dial.ts';
import type { EntranceRules } from '../net/entrance.ts';
import { Networks } from '../net/networks.ts';
import type { ResolveHost } from '../net/resolver.ts';
import type { Counters } from '../observe/counters.ts';
import type { Log } from '../observe/logger.ts';
import type { ProtocolTrace } from '../observe/protocol-trace.ts';
import type { SessionContext } from '../session/session-context.ts';
import { SharedSecret } from '../session/shared-secret.ts';
import { Connector } from '../upstream/connector.ts';
import { PoolKeys } from '../upstream/credentials.ts';
import type { UpstreamTls } from '../upstream/opening.ts';
import { ServerProfile } from '../upstream/server-profile.ts';
import type { UpstreamLimits } from '../upstream/upstream-limits.ts';
import type { UpstreamPool } from '../upstream/upstream-pool.ts';
import { Administrator } from './administrator.ts';
import { ClientTls, clientTlsSettings } from './client-tls.ts';
import { serverTls } from './server-tls.ts';
import { ServerWatch } from './server-watch.ts';

/** How long a login may wait for a connection of its user that is being reset, in ms: far less than a login takes. */
const RETURN_WAIT_MS = 200;

/** What stays when the configuration is read again. */
export interface LastingParts {
  readonly upstreams: UpstreamPool;
  readonly counters: Counters;
  readonly trace: ProtocolTrace;
  readonly clock: Clock;
  readonly log: Log;
  readonly resolveHost: ResolveHost;
}

/** What is made anew. */
export interface Service {
  readonly config: Config;
  readonly endpoint: Endpoint;
  readonly tls: UpstreamTls;
  readonly connector: Connector;
  readonly keys: PoolKeys;
  readonly context: SessionContext;
  readonly watch: ServerWatch;
  /** Present where clients can have TLS. */
  readonly clientTls: ClientTls | undefined;
  /** Who may come in, but for TLS. */
  readonly entrance: Omit<EntranceRules, 'tls'>;
}

/**
 * Builds a service from `config`; nothing of it is in force yet.
 *
 * @param previous the service before; while it leads to the same server, parked connections stay of use.
 * @throws TlsSetupError when a certificate, a key or a list of ciphers cannot be used.
 */
export function buildService(config: Config, lasting: LastingParts, previous?: Service): Service {
  const { counters, clock, log, trace, upstreams } = lasting;
  const endpoint = endpointOf(config);
  const profile = new ServerProfile(config.announceReuse || config.enableAdminCommands ? ['XIMAPPROXY'] : []);
  const tls = kept(
    () => serverTls(config, endpoint, clock),
    hasSame(previous?.config, config, SERVER_TLS_KEYS) ? previous?.tls : undefined,
    log,
  );
  const connector = buildConnector(config, endpoint, tls, profile, lasting);
  const keys =
    previous !== undefined && isSame(previous.endpoint, endpoint) ? previous.keys : new PoolKeys(endpoint);
  const adminNetworks = new Networks(config.adminNetworks);
  const trusted = networksOf(config.trustedNetworks);
  const tlsSettings = clientTlsSettings(config);
  const clientTls = kept(
    () => tlsSettings && new ClientTls(tlsSettings, clock, log),
    hasSame(previous?.config, config, CLIENT_TLS_KEYS) ? previous?.clientTls : undefined,
    log,
  );
  const context: SessionContext = {
    upstreams,
    keys,
    profile,
    counters,
    clock,
    log,
    trace,
    loginTimeoutMs: config.clientLoginTimeoutMs,
    idleTimeoutMs: config.clientIdleTimeoutMs,
    answersFromMemory: config.answerFromMemory,
    selectCounters: config.enableSelectCache ? counters : undefined,
    announcesReuse: config.announceReuse,
    administration: config.enableAdminCommands
      ? new Administrator(upstreams, counters, trace, log)
      : undefined,
    isAdmin: (address) => adminNetworks.has(address),
    sharedSecret: buildSharedSecret(config),
    tls: () => clientTls?.server,
    mayLogInClear: (origin) =>
      config.requireTls === 'no' || (config.requireTls === 'remote' && origin.isLocal),
    isTrusted: (address) => trusted?.has(address) === true,
    announcesSessionId: config.announceSessionId,
  };
  const entrance = {
    proxies: config.proxyProtocol ? trusted : undefined,
    allowed: networksOf(config.allowNetworks),
    denied: networksOf(config.denyNetworks),
    timeoutMs: config.clientLoginTimeoutMs,
  };
  const retry = { retries: config.connectRetries, retryDelayMs: config.connectDelayMs };
  const watch = new ServerWatch(connector, retry, clock, log);
  return { config, endpoint, tls, connector, keys, context, watch, clientTls, entrance };
}

const SERVER_TLS_KEYS: readonly (keyof Config)[] = [
  ...keysOf(TLS_DIRECTIVES),
  'serverHostname',
  'serverPort',
];
const CLIENT_TLS_KEYS: readonly (keyof Config)[] = keysOf(CLIENT_TLS_DIRECTIVES);

/**
 * What `build` makes of certificates and keys as they are now, or else `before`: under another root directory, or as
 * another user, a daemon may not find again what it has read at its start.
 */
function kept<T>(build: () => T, before: T | undefined, log: Log): T {
  try {
    return build();
  } catch (error) {
    if (before === undefined) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    log.warn({ error: cause }, 'certificates and keys stay as they were read before');
    return before;
  }
}

function hasSame(before: Config | undefined, after: Config, keys: readonly (keyof Config)[]): boolean {
  return before !== undefined && keys.every((key) => isDeepStrictEqual(before[key], after[key]));
}

/** How much may be kept of the server's connections by `config`. */
export function upstreamLimits(config: Config): UpstreamLimits {
  const { reauthIntervalMs, serverLifetimeMs: lifetimeMs } = config;
  const isEndless = reauthIntervalMs === 0 || lifetimeMs === 0;
  return {
    pool: {
      maxTotal: config.cacheSize,
      maxPerKey: config.maxConnectionsPerUser,
      maxParkedPerKey: config.cacheExpirationMs === 0 ? 0 : config.maxParkedPerUser,
      maxParkedMs: config.cacheExpirationMs,
      maxWaitMs: config.serverWaitTimeoutMs,
      returnWaitMs: RETURN_WAIT_MS,
    },
    trust: { reauthIntervalMs, memoryMs: isEndless ? 0 : Math.max(reauthIntervalMs, lifetimeMs) },
    lifetimeMs,
    maxUses: config.serverMaxUses,
    checkDelayMs: config.checkDelayMs,
    parkIdleMs: config.parkIdleMs,
    introduces: config.forwardClientAddress === 'always',
    keepsEnabled: config.answerFromMemory,
  };
}

function endpointOf(config: Config): Endpoint {
  return { host: config.serverHostname, port: config.serverPort, family: config.ipversionOnly ?? 0 };
}

function networksOf(networks: readonly string[] | undefined): Networks | undefined {
  return networks === undefined ? undefined : new Networks(networks);
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.host === other.host && one.port === other.port;
}

function buildConnector(
  config: Config,
  endpoint: Endpoint,
  tls: UpstreamTls,
  profile: ServerProfile,
  { clock, resolveHost }: LastingParts,
): Connector {
  const options = {
    endpoint,
    tls,
    connectTimeoutMs: config.serverConnectTimeoutMs,
    loginTimeoutMs: config.serverLoginTimeoutMs,
    keepAlive: config.sendTcpKeepalives,
    rotates: config.dnsRr,
    resolveHost,
    proxyProtocol: proxyVersion(config),
    forwardsOrigin: config.forwardClientAddress !== 'no',
    login: { mechanism: config.authSaslMech, preauthCommand: config.preauthCommand },
  };
  return new Connector(options, profile, clock);
}

function proxyVersion({ serverProxyProtocol }: Config): 1 | 2 | undefined {
  if (serverProxyProtocol === 'no') return undefined;
  return serverProxyProtocol === 'v1' ? 1 : 2;
}

function buildSharedSecret(config: Config): SharedSecret | undefined {
  const { authSaslPlainUsername: user, authSaslPlainPassword: password, authSharedSecret: secret } = config;
  if (user === undefined || password === undefined || secret === undefined) return undefined;
  return new SharedSecret({ user, password, sharedSecret: secret });
}
