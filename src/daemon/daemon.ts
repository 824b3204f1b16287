/** The composition root: builds all parts from a configuration, starts them in order, stops them in reverse. */
import { type Clock, systemClock } from '../base/clock.ts';
import { InvariantError } from '../base/errors.ts';
import type { Config } from '../config/directives.ts';
import { type ResolveHost, resolveBySystem } from '../net/resolver.ts';
import { Counters } from '../observe/counters.ts';
import type { Log } from '../observe/logger.ts';
import { ProtocolTrace } from '../observe/protocol-trace.ts';
import type { PoolSnapshot } from '../pool/pool-snapshot.ts';
import { SessionRegistry } from '../session/session-registry.ts';
import type { CloseReason } from '../upstream/close-reason.ts';
import { UpstreamPool } from '../upstream/upstream-pool.ts';
import { logTraceFailure } from './administrator.ts';
import { type DoorKeeper, type DoorName, Doors } from './doors.ts';
import type { Identity } from './privileges.ts';
import { directivesForRestart } from './reload.ts';
import { buildService, type LastingParts, type Service, upstreamLimits } from './service.ts';

/** How often idle limits are looked at, in ms: one clock for all connections, no timer for each. */
const SWEEP_MS = 1_000;

/** How long the server's greeting is waited for before clients are let in without it, in ms. */
const FIRST_GREETING_MS = 1_000;

export class Daemon {
  readonly #lasting: LastingParts;
  readonly #sessions: SessionRegistry;
  #service: Service;
  #doors: Doors | undefined;
  #sweeping: NodeJS.Timeout | undefined;

  /**
   * Builds all parts and serves nobody yet.
   *
   * @param resolveHost for the life of the daemon, whatever becomes of its root directory.
   * @throws TlsSetupError when a certificate, a key or a list of ciphers cannot be used.
   */
  constructor(
    config: Config,
    log: Log,
    clock: Clock = systemClock,
    resolveHost: ResolveHost = resolveBySystem,
  ) {
    const counters = new Counters();
    const trace = new ProtocolTrace(config.protocolLogFilename, (error) => logTraceFailure(log, error));
    const upstreams = new UpstreamPool(upstreamLimits(config), counters, clock, log);
    this.#lasting = { upstreams, counters, trace, clock, log, resolveHost };
    this.#service = buildService(config, this.#lasting);
    upstreams.connectBy(this.#service.connector);
    this.#sessions = new SessionRegistry(this.#service.context);
  }

  /** Builds a daemon and lets it serve. @throws as the constructor and {@link serve} */
  static async start(config: Config, log: Log, clock?: Clock): Promise<Daemon> {
    const daemon = new Daemon(config, log, clock);
    await daemon.serve();
    return daemon;
  }

  /**
   * Listens and serves. The server need not be there.
   *
   * @param onListening is called when the port is taken, and before anything is read that a client or the server
   *   has sent: the last moment for whatever needs privileges, and the first one to give them up.
   * @throws Error when the listening address cannot be bound, and what `onListening` throws.
   */
  async serve(onListening: () => void = () => undefined): Promise<void> {
    const { clock, log } = this.#lasting;
    const doors = await Doors.build(this.#service.config, this.#doorKeeper(), clock, log);
    this.#doors = doors;
    try {
      onListening();
    } catch (error) {
      doors.close();
      throw error;
    }
    await this.#learnGreeting(this.#service);
    this.#service.clientTls?.watch();
    doors.open();
    log.info({ ...this.address, tls: this.find('tls')?.port, unix: this.find('unix')?.address }, 'listening');
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** The address and port that clients connect to. */
  get address(): { readonly address: string; readonly port: number } {
    const clear = this.find('clear');
    if (clear === undefined) throw new InvariantError('the daemon does not listen');
    return { address: clear.address, port: clear.port };
  }

  /** Where else clients come in; undefined where they do not. */
  find(door: DoorName): { readonly address: string; readonly port: number } | undefined {
    return this.#doors?.find(door);
  }

  get counters(): Counters {
    return this.#lasting.counters;
  }

  snapshot(): PoolSnapshot<CloseReason> {
    return this.#lasting.upstreams.snapshot();
  }

  /**
   * Puts another configuration in force for new sessions; running ones keep theirs. What it can not change
   * without a restart is named in the log. The trace file is opened anew, for programs that rotate it.
   *
   * @throws TlsSetupError; the configuration in force is the old one then, whole.
   */
  async reload(config: Config): Promise<void> {
    const { log, upstreams } = this.#lasting;
    const before = this.#service;
    const service = buildService(config, this.#lasting, before);
    await this.#learnGreeting(service);
    before.watch.stop();
    before.clientTls?.stop();
    service.clientTls?.watch();
    this.#service = service;
    this.#sessions.serveBy(service.context);
    upstreams.connectBy(service.connector);
    upstreams.setLimits(upstreamLimits(config));
    if (service.keys !== before.keys) upstreams.retireAll('reconfigured');
    log.level = config.logLevel;
    this.reopenTrace();
    const later = directivesForRestart(before.config, config);
    if (later.length > 0) log.warn({ directives: later }, 'these directives need a restart');
    log.info('configuration reloaded');
  }

  /** Opens the trace file, if there may be a trace, and gives it to `owner`, who the daemon is about to become. */
  openTrace(owner: Identity | undefined): void {
    const { trace, log } = this.#lasting;
    if (!this.#service.config.enableAdminCommands) return;
    try {
      trace.open();
      if (owner !== undefined) trace.chown(owner.uid, owner.gid);
    } catch (error) {
      logTraceFailure(log, error);
    }
  }

  /** Opens the trace file anew under its name, if it is in use. */
  reopenTrace(): void {
    const { trace, log } = this.#lasting;
    try {
      trace.reopen();
    } catch (error) {
      logTraceFailure(log, error);
    }
  }

  /**
   * Stops: no new clients, LOGOUT to the parked connections, running sessions may finish for
   * `drain_timeout` at most.
   */
  async stop(): Promise<void> {
    const { clock, log, upstreams, trace } = this.#lasting;
    log.info({ sessions: this.#sessions.size }, 'stopping');
    this.#doors?.close();
    this.#service.clientTls?.stop();
    this.#service.watch.stop();
    upstreams.shutdown();
    const deadline = new AbortController();
    const cancel = clock.after(this.#service.config.drainTimeoutMs, () => deadline.abort());
    await this.#sessions.drain(deadline.signal);
    await upstreams.drained(deadline.signal);
    cancel();
    clearInterval(this.#sweeping);
    trace.close();
    log.info('stopped');
  }

  /** Asks the server for its greeting, and waits for that a little. */
  async #learnGreeting({ watch }: Service): Promise<void> {
    const { promise: waitedLongEnough, resolve } = Promise.withResolvers<void>();
    const cancel = this.#lasting.clock.after(FIRST_GREETING_MS, resolve);
    await Promise.race([watch.start(), waitedLongEnough]);
    cancel();
  }

  #doorKeeper(): DoorKeeper {
    return {
      rules: (hasTls) => ({
        ...this.#service.entrance,
        tls: hasTls ? this.#service.clientTls?.server : undefined,
      }),
      admit: (socket, origin) => this.#sessions.admit(socket, origin),
      turnedAway: () => {
        this.counters.clientArrived();
        this.counters.clientLeft();
      },
    };
  }

  #sweep(): void {
    this.#lasting.upstreams.sweep();
    this.#sessions.sweep(this.#lasting.clock.now());
  }
}
