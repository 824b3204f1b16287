/** The pool of server connections: where one comes from, where it goes when its session is over. */
import type { Clock } from '../base/clock.ts';
import { InvariantError } from '../base/errors.ts';
import type { Counters } from '../observe/counters.ts';
import type { Log } from '../observe/logger.ts';
import type { Lease } from '../pool/lease.ts';
import { Pool } from '../pool/pool.ts';
import type { PoolSnapshot } from '../pool/pool-snapshot.ts';
import type { Reservation } from '../pool/reservation.ts';
import type { SessionState } from '../protocol/session-state.ts';
import type { CloseReason } from './close-reason.ts';
import type { Connector } from './connector.ts';
import { canIntroduce } from './introduction.ts';
import type { LoginRequest } from './login-request.ts';
import { ParkedWatch } from './parked-watch.ts';
import { resetUpstream } from './reset.ts';
import { endOfLife, obstacleTo, reasonToRetire } from './shelf-life.ts';
import { Trust } from './trust.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import { LoginRefusedError } from './upstream-errors.ts';
import type { UpstreamLimits } from './upstream-limits.ts';

export type UpstreamLease = Lease<UpstreamConnection, CloseReason>;
export type UpstreamReservation = Reservation<UpstreamConnection, CloseReason>;

/** Reasons after which the server is told LOGOUT: it and the proxy agree that a command may begin. */
const POLITE: ReadonlySet<CloseReason> = new Set<CloseReason>([
  'idle',
  'evicted',
  'surplus',
  'shutdown',
  'reconfigured',
  'lasting state',
  'login notice',
  'age limit',
  'use limit',
  'login refused',
  'new secret',
  'other answers',
]);

/** A parked connection that has been leased. */
export interface Claimed {
  readonly lease: UpstreamLease;
  /** Whether it may be used, once that is known; undefined when it may be at once. */
  readonly ready: Promise<boolean> | undefined;
  /** Whether the server is to be told first for whom it is used. */
  readonly mustIntroduce: boolean;
}

/** What `open` may give instead of a new login. */
export interface OpenOptions {
  /** Ends the wait for room in the pool, not a login that has begun. */
  readonly signal: AbortSignal;
  /** Which parked connections will do; all when absent. */
  readonly variants?: readonly string[];
}

export class UpstreamPool {
  readonly #pool: Pool<UpstreamConnection, CloseReason>;
  readonly #trust: Trust;
  readonly #clock: Clock;
  readonly #log: Log;
  #limits: UpstreamLimits;
  #connector: Connector | undefined;
  /** Connections whose LOGOUT has gone out and is not answered yet. */
  #leaving = 0;
  #whenEmpty: (() => void) | undefined;

  constructor(limits: UpstreamLimits, counters: Counters, clock: Clock, log: Log) {
    this.#limits = limits;
    this.#clock = clock;
    this.#log = log;
    this.#trust = new Trust(limits.trust, clock);
    this.#pool = new Pool(limits.pool, clock, {
      closed: (value, reason) => this.#close(value, reason),
      moved: (from, to) => counters.connectionMoved(from, to),
    });
  }

  /** New connections are made by `connector` from now on. */
  connectBy(connector: Connector): void {
    this.#connector = connector;
  }

  /** Puts other limits in force; what is parked beyond them goes. */
  setLimits(limits: UpstreamLimits): void {
    this.#limits = limits;
    this.#trust.limits = limits.trust;
    this.#pool.setLimits(limits.pool);
  }

  /** Closes everything that is parked. */
  retireAll(reason: CloseReason): void {
    this.#pool.retireWhere(() => true, reason);
  }

  /**
   * Sets a parked connection aside, if one is free and its login may still be trusted; which one is decided by the first
   * command.
   */
  reserve({ key }: LoginRequest): UpstreamReservation | undefined {
    return this.#trust.isFresh(key) ? this.#pool.reserve(key) : undefined;
  }

  /**
   * A parked connection of the request's key, or a new login; always the latter when the server has to be asked
   * again.
   *
   * @throws what {@link Connector.connect} throws; CheckoutTimeoutError, PoolClosedError
   */
  async open(
    request: LoginRequest,
    { signal, variants }: OpenOptions,
  ): Promise<UpstreamReservation | UpstreamLease> {
    const { key } = request;
    const accepts = (variant: string): boolean => variants === undefined || variants.includes(variant);
    const grant = await this.#pool.acquire(key, { signal, accepts, mustOpen: !this.#trust.isFresh(key) });
    if (grant.kind === 'reservation') return grant;
    try {
      return grant.fulfil(await this.#connect(request));
    } catch (error) {
      grant.cancel();
      this.#noteEmpty();
      throw error;
    }
  }

  async #connect(request: LoginRequest): Promise<UpstreamConnection> {
    if (this.#connector === undefined) throw new InvariantError('no connector');
    const startedAt = this.#clock.now();
    try {
      const connection = await this.#connector.connect(request);
      const now = this.#clock.now();
      this.#log.debug(
        { upstream: connection.id, ms: Math.round(now - startedAt) },
        'upstream connection opened',
      );
      connection.endsAt = endOfLife(connection, this.#limits, this.#clock);
      connection.uses = 1;
      for (const key of this.#trust.accepted(request.key, request.identity, startedAt))
        this.#retireKey(key, 'new secret');
      return connection;
    } catch (error) {
      if (error instanceof LoginRefusedError && error.isVerdict && this.#trust.refused(request.key)) {
        this.#retireKey(request.key, 'login refused');
      }
      throw error;
    }
  }

  #retireKey(retired: string, reason: CloseReason): void {
    this.#pool.retireWhere((key) => key === retired, reason);
  }

  /** The reserved connection, in the first of `variants` that there is one of; undefined when none fits. */
  claim(reservation: UpstreamReservation, variants: readonly string[]): Claimed | undefined {
    for (const variant of variants) {
      const lease = reservation.claim(variant);
      if (lease === undefined) continue;
      const { value: connection } = lease;
      if (connection.key !== reservation.key)
        throw new InvariantError('a connection of another login was claimed');
      connection.uses += 1;
      return {
        lease,
        ready: connection.watch?.ready(this.#limits.checkDelayMs),
        mustIntroduce: this.#limits.introduces && canIntroduce(connection),
      };
    }
    return undefined;
  }

  /** A session is over: the connection is reset and parked if `state` allows it, else closed. */
  release(lease: UpstreamLease, state: SessionState): void {
    const connection = lease.value;
    const obstacle =
      obstacleTo(connection, state) ??
      reasonToRetire(connection, state, this.#limits, this.#clock.now()) ??
      this.#trust.objectionTo(connection.key);
    if (obstacle !== undefined) {
      lease.discard(obstacle);
      return;
    }
    connection.variant = state.variant;
    lease.beginReset();
    resetUpstream(connection, state.maySelect, this.#clock, (verdict) => {
      // The secret may have lost its trust meanwhile.
      const reason = verdict === 'clean' ? this.#trust.objectionTo(connection.key) : verdict;
      if (reason !== undefined) {
        lease.discard(reason);
        return;
      }
      connection.watch = new ParkedWatch(connection, this.#clock, (reason) =>
        this.#pool.retire(connection, reason),
      );
      lease.park(connection.variant);
    });
  }

  /** Every connection there is; active are all but those parked that no session counts on. */
  *list(): Generator<{ readonly id: number; readonly user: string; readonly isActive: boolean }> {
    for (const { value, isSpare } of this.#pool.list()) {
      yield { id: value.id, user: value.login?.user ?? '', isActive: !isSpare };
    }
  }

  /** Closes what was parked too long, and keeps alive what is not; called by the one coarse clock. */
  sweep(): void {
    this.#pool.sweep();
    const now = this.#clock.now();
    this.#pool.retireWhere((_key, _variant, { endsAt }) => now >= endsAt, 'age limit');
    for (const { value, isSpare } of [...this.#pool.list()]) {
      if (isSpare) value.watch?.lookAfter(this.#limits.parkIdleMs);
    }
  }

  /** Closes all parked connections; those in use follow when they are released. */
  shutdown(): void {
    this.#pool.shutdown();
  }

  /** Resolves when no connection is left, after {@link shutdown}, or when `deadline` aborts. */
  async drained(deadline: AbortSignal): Promise<void> {
    if (this.#isEmpty || deadline.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenEmpty = resolve;
    deadline.addEventListener('abort', () => resolve());
    await promise;
  }

  snapshot(): PoolSnapshot<CloseReason> {
    return this.#pool.snapshot();
  }

  #close(connection: UpstreamConnection, reason: CloseReason): void {
    this.#log.debug({ upstream: connection.id, reason }, 'upstream connection closed');
    if (POLITE.has(reason)) void this.#sayGoodbye(connection);
    else connection.destroy();
    // The pool forgets the connection right after it has told so.
    queueMicrotask(() => this.#noteEmpty());
  }

  async #sayGoodbye(connection: UpstreamConnection): Promise<void> {
    this.#leaving += 1;
    await connection.logOut();
    this.#leaving -= 1;
    this.#noteEmpty();
  }

  #noteEmpty(): void {
    if (this.#whenEmpty !== undefined && this.#isEmpty) this.#whenEmpty();
  }

  get #isEmpty(): boolean {
    const { connecting, leased, resetting, parked } = this.#pool.snapshot();
    return this.#leaving === 0 && connecting + leased + resetting + parked === 0;
  }
}
