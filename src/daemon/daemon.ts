/** The composition root: builds all parts from a configuration, starts them in order, stops them in reverse. */
import { type Clock, systemClock } from '../base/clock.ts';
import type { Config } from '../config/directives.ts';
import { type Listener, listen } from '../net/listener.ts';
import { Networks } from '../net/networks.ts';
import { Counters } from '../observe/counters.ts';
import type { Log } from '../observe/logger.ts';
import { ProtocolTrace } from '../observe/protocol-trace.ts';
import type { PoolLimits } from '../pool/pool-limits.ts';
import type { PoolSnapshot } from '../pool/pool-snapshot.ts';
import type { SessionContext } from '../session/client-session.ts';
import { SessionRegistry } from '../session/session-registry.ts';
import { SharedSecret } from '../session/shared-secret.ts';
import type { CloseReason } from '../upstream/close-reason.ts';
import { Connector } from '../upstream/connector.ts';
import { PoolKeys } from '../upstream/credentials.ts';
import { ServerProfile } from '../upstream/server-profile.ts';
import { UpstreamPool } from '../upstream/upstream-pool.ts';
import { Administrator, logTraceFailure } from './administrator.ts';
import { ServerWatch } from './server-watch.ts';

/** How often idle limits are looked at, in ms: one clock for all connections, no timer for each. */
const SWEEP_MS = 1_000;

/** How long the start waits for the server's greeting before clients are let in without it, in ms. */
const FIRST_GREETING_MS = 1_000;

/** How long a login may wait for a connection of its user that is being reset, in ms: far less than a login takes. */
const RETURN_WAIT_MS = 200;

export class Daemon {
  readonly #config: Config;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #upstreams: UpstreamPool;
  readonly #sessions: SessionRegistry;
  readonly #watch: ServerWatch;
  readonly #cancelSweep: () => void;
  readonly #listener: Listener;
  readonly counters: Counters;

  private constructor(parts: Parts, listener: Listener) {
    this.#config = parts.config;
    this.#log = parts.log;
    this.#clock = parts.context.clock;
    this.#upstreams = parts.context.upstreams;
    this.#sessions = parts.sessions;
    this.#watch = parts.watch;
    this.#listener = listener;
    this.counters = parts.context.counters;
    const timer = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#cancelSweep = () => clearInterval(timer);
  }

  /**
   * Starts to serve. Does not need the server to be there.
   *
   * @throws Error when the listening address cannot be bound.
   */
  static async start(config: Config, log: Log, clock: Clock = systemClock): Promise<Daemon> {
    const parts = build(config, log, clock);
    const { promise: waitedLongEnough, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(FIRST_GREETING_MS, resolve);
    await Promise.race([parts.watch.start(), waitedLongEnough]);
    cancel();
    const options = {
      host: config.listenAddress,
      port: config.listenPort,
      keepAlive: config.sendTcpKeepalives,
    };
    try {
      const listener = await listen(options, (socket) => parts.sessions.admit(socket));
      log.info({ address: listener.address, port: listener.port }, 'listening');
      return new Daemon(parts, listener);
    } catch (error) {
      parts.watch.stop();
      throw error;
    }
  }

  /** The address and port that clients connect to. */
  get address(): { readonly address: string; readonly port: number } {
    return { address: this.#listener.address, port: this.#listener.port };
  }

  snapshot(): PoolSnapshot<CloseReason> {
    return this.#upstreams.snapshot();
  }

  /**
   * Stops: no new clients, LOGOUT to the parked connections, running sessions may finish for
   * `drain_timeout` at most.
   */
  async stop(): Promise<void> {
    this.#log.info({ sessions: this.#sessions.size }, 'stopping');
    this.#listener.close();
    this.#watch.stop();
    this.#upstreams.shutdown();
    const deadline = new AbortController();
    const cancel = this.#clock.after(this.#config.drainTimeoutMs, () => deadline.abort());
    await this.#sessions.drain(deadline.signal);
    await this.#upstreams.drained(deadline.signal);
    cancel();
    this.#cancelSweep();
    this.#log.info('stopped');
  }

  #sweep(): void {
    this.#upstreams.sweep();
    this.#sessions.sweep(this.#clock.now());
  }
}

interface Parts {
  readonly config: Config;
  readonly log: Log;
  readonly context: SessionContext;
  readonly sessions: SessionRegistry;
  readonly watch: ServerWatch;
}

function build(config: Config, log: Log, clock: Clock): Parts {
  const endpoint = {
    host: config.serverHostname,
    port: config.serverPort,
    family: config.ipversionOnly ?? 0,
  } as const;
  const profile = new ServerProfile(config.announceReuse || config.enableAdminCommands ? ['XIMAPPROXY'] : []);
  const counters = new Counters();
  const trace = new ProtocolTrace(config.protocolLogFilename, (error) => logTraceFailure(log, error));
  const connector = new Connector(
    {
      endpoint,
      connectTimeoutMs: config.serverConnectTimeoutMs,
      loginTimeoutMs: config.serverLoginTimeoutMs,
      keepAlive: config.sendTcpKeepalives,
      rotates: config.dnsRr,
    },
    profile,
    clock,
  );
  const upstreams = new UpstreamPool(poolLimits(config), connector, counters, clock, log);
  const adminNetworks = new Networks(config.adminNetworks);
  const context: SessionContext = {
    upstreams,
    keys: new PoolKeys(endpoint),
    profile,
    counters,
    clock,
    log,
    loginTimeoutMs: config.clientLoginTimeoutMs,
    idleTimeoutMs: config.clientIdleTimeoutMs,
    announcesReuse: config.announceReuse,
    administration: config.enableAdminCommands
      ? new Administrator(upstreams, counters, trace, log)
      : undefined,
    isAdmin: (address) => adminNetworks.has(address),
    sharedSecret: sharedSecret(config),
    trace,
  };
  const retry = { retries: config.connectRetries, retryDelayMs: config.connectDelayMs };
  const watch = new ServerWatch(connector, retry, clock, log);
  return { config, log, context, sessions: new SessionRegistry(context), watch };
}

function sharedSecret(config: Config): SharedSecret | undefined {
  const { authSaslPlainUsername: user, authSaslPlainPassword: password, authSharedSecret: secret } = config;
  if (user === undefined || password === undefined || secret === undefined) return undefined;
  return new SharedSecret({ user, password, sharedSecret: secret });
}

function poolLimits(config: Config): PoolLimits {
  return {
    maxTotal: config.cacheSize,
    maxPerKey: config.maxConnectionsPerUser,
    maxParkedPerKey: config.cacheExpirationMs === 0 ? 0 : config.maxParkedPerUser,
    maxParkedMs: config.cacheExpirationMs,
    maxWaitMs: config.serverWaitTimeoutMs,
    returnWaitMs: RETURN_WAIT_MS,
  };
}
