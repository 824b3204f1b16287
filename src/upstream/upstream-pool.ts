/** The pool of server connections: where one comes from, where it goes when its session is over. */
import type { Clock } from '../base/clock.ts';
import { InvariantError } from '../base/errors.ts';
import type { Counters } from '../observe/counters.ts';
import type { Log } from '../observe/logger.ts';
import type { Lease } from '../pool/lease.ts';
import { Pool } from '../pool/pool.ts';
import type { PoolLimits } from '../pool/pool-limits.ts';
import type { PoolSnapshot } from '../pool/pool-snapshot.ts';
import type { Reservation } from '../pool/reservation.ts';
import type { SessionState } from '../protocol/session-state.ts';
import type { CloseReason } from './close-reason.ts';
import type { Connector } from './connector.ts';
import type { Credentials } from './credentials.ts';
import { resetUpstream } from './reset.ts';
import type { UpstreamConnection, UpstreamReader } from './upstream-connection.ts';

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
]);

export class UpstreamPool {
  readonly #pool: Pool<UpstreamConnection, CloseReason>;
  #connector: Connector | undefined;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Connections whose LOGOUT has gone out and is not answered yet. */
  #leaving = 0;
  #whenEmpty: (() => void) | undefined;

  constructor(limits: PoolLimits, counters: Counters, clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
    this.#pool = new Pool(limits, clock, {
      closed: (value, reason) => this.#close(value, reason),
      moved: (from, to) => counters.connectionMoved(from, to),
    });
  }

  /** New connections are made by `connector` from now on. */
  connectBy(connector: Connector): void {
    this.#connector = connector;
  }

  /** Puts other limits in force; what is parked beyond them goes. */
  setLimits(limits: PoolLimits): void {
    this.#pool.setLimits(limits);
  }

  /** Closes everything that is parked. */
  retireAll(reason: CloseReason): void {
    this.#pool.retireWhere(() => true, reason);
  }

  /** Sets a parked connection of `key` aside, if one is free; which one is decided by the first command. */
  reserve(key: string): UpstreamReservation | undefined {
    return this.#pool.reserve(key);
  }

  /**
   * A connection for `credentials`: a parked one of their `key` in one of the `variants` (any when absent),
   * or a new login. `signal` ends the wait for room in the pool, not a login that has begun.
   *
   * @throws what {@link Connector.connect} throws; CheckoutTimeoutError, PoolClosedError
   */
  async open(
    credentials: Credentials,
    key: string,
    signal: AbortSignal,
    variants?: readonly string[],
  ): Promise<UpstreamReservation | UpstreamLease> {
    const accepts =
      variants === undefined ? {} : { accepts: (variant: string) => variants.includes(variant) };
    const grant = await this.#pool.acquire(key, { signal, ...accepts });
    if (grant.kind === 'reservation') return grant;
    try {
      const startedAt = this.#clock.now();
      if (this.#connector === undefined) throw new InvariantError('no connector');
      const connection = await this.#connector.connect(credentials, key);
      const ms = Math.round(this.#clock.now() - startedAt);
      this.#log.debug({ upstream: connection.id, ms }, 'upstream connection opened');
      return grant.fulfil(connection);
    } catch (error) {
      grant.cancel();
      this.#noteEmpty();
      throw error;
    }
  }

  /** The reserved connection, in the first of `variants` that there is one of; undefined when none fits. */
  claim(reservation: UpstreamReservation, variants: readonly string[]): UpstreamLease | undefined {
    for (const variant of variants) {
      const lease = reservation.claim(variant);
      if (lease === undefined) continue;
      if (lease.value.key !== reservation.key)
        throw new InvariantError('a connection of another login was claimed');
      return lease;
    }
    return undefined;
  }

  /** A session is over: the connection is reset and parked if `state` allows it, else closed. */
  release(lease: UpstreamLease, state: SessionState): void {
    const connection = lease.value;
    const obstacle = obstacleTo(connection, state);
    if (obstacle !== undefined) {
      lease.discard(obstacle);
      return;
    }
    connection.carried = { variant: state.variant, enableAnswer: state.enableAnswer };
    lease.beginReset();
    resetUpstream(connection, state.maySelect, this.#clock, (verdict) => {
      if (verdict !== 'clean') {
        lease.discard(verdict);
        return;
      }
      connection.attach(this.#watch(connection));
      lease.park(state.variant);
    });
  }

  /** Every connection there is; active are all but those parked that no session counts on. */
  *list(): Generator<{ readonly id: number; readonly user: string; readonly isActive: boolean }> {
    for (const { value, isSpare } of this.#pool.list()) {
      yield { id: value.id, user: value.login?.user ?? '', isActive: !isSpare };
    }
  }

  /** Closes what was parked too long; called by the one coarse clock. */
  sweep(): void {
    this.#pool.sweep();
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

  /** A parked connection has nothing to say but that it ends; whatever it says, nobody is there to hear it. */
  #watch(connection: UpstreamConnection): UpstreamReader {
    return {
      onData: () => this.#pool.retire(connection, 'unexpected octets'),
      onClosed: () => this.#pool.retire(connection, 'closed by server'),
      onDrain() {},
    };
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

function obstacleTo(connection: UpstreamConnection, state: SessionState): CloseReason | undefined {
  if (connection.isClosed) return 'closed by server';
  if (state.obstacle !== undefined) return state.obstacle;
  if (!state.isQuiet) return 'drain limit';
  return connection.login?.isPlain === true ? undefined : 'login notice';
}
