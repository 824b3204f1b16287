import { Gauge } from './gauge.ts';
import type { Statistics } from './statistics.ts';

/** Where a server connection stands, in the words of the pool. */
export type ConnectionState = 'new' | 'connecting' | 'leased' | 'resetting' | 'parked' | 'closed';

/**
 * What has happened so far, in the words of the classic daemon's statistics.
 *
 * Totals are plain numbers: whoever makes something happen adds one where it happens. What there is
 * now is never added up from several places: clients come and go by one door, and server connections
 * are counted by the moves of the pool, which lets no connection be in two states.
 */
export class Counters {
  /** Logins that were answered with OK. */
  logins = 0;
  /** Of these, how many were served by a connection that was already there. */
  loginsReused = 0;
  /** Logins that were answered with NO or BAD. */
  loginsRefused = 0;
  /** SELECT commands that the SELECT cache has looked at; each ends as a hit or a miss. */
  selects = 0;
  selectHits = 0;
  selectMisses = 0;
  readonly #wallClock: () => Date;
  readonly #startTime: Date;
  readonly #clients = new Gauge();
  readonly #inUse = new Gauge();
  readonly #parked = new Gauge();
  #countTime: Date;
  #clientsAccepted = 0;
  #created = 0;

  /** The daemon starts now. */
  constructor(wallClock: () => Date = () => new Date()) {
    this.#wallClock = wallClock;
    this.#startTime = wallClock();
    this.#countTime = this.#startTime;
  }

  get clientsNow(): number {
    return this.#clients.now;
  }

  clientArrived(): void {
    this.#clientsAccepted += 1;
    this.#clients.rise();
  }

  /** @throws InvariantError when more clients leave than have arrived. */
  clientLeft(): void {
    this.#clients.fall();
  }

  /**
   * A login that was counted as reused needed one at the server after all. Not a plain subtraction: the
   * counters may have been reset between the two, and that login with them.
   */
  reuseFailed(): void {
    if (this.loginsReused > 0) this.loginsReused -= 1;
  }

  /**
   * Follows one move of one server connection; to be called for every move that the pool makes, and
   * for nothing else. From `leased` until it is parked or closed a connection is in use.
   *
   * @throws InvariantError when a connection leaves a state that it has not entered.
   */
  connectionMoved(from: ConnectionState, to: ConnectionState): void {
    if (from === 'connecting' && to === 'leased') this.#created += 1;
    if (isInUse(from) && !isInUse(to)) this.#inUse.fall();
    if (from === 'parked') this.#parked.fall();
    if (isInUse(to) && !isInUse(from)) this.#inUse.rise();
    if (to === 'parked') this.#parked.rise();
  }

  /**
   * Begins to count anew, as XPROXY_RESETCOUNTERS of the classic daemon does: peaks and totals go to
   * 0 (a peak even while there is something), what there is now and the SELECT cache's numbers stay.
   */
  reset(): void {
    this.#countTime = this.#wallClock();
    this.#clients.forgetPeak();
    this.#inUse.forgetPeak();
    this.#parked.forgetPeak();
    this.#clientsAccepted = 0;
    this.#created = 0;
    this.logins = 0;
    this.loginsReused = 0;
    this.loginsRefused = 0;
  }

  /** The numbers at this moment. */
  read(): Statistics {
    return {
      startTime: this.#startTime,
      countTime: this.#countTime,
      clientsNow: this.#clients.now,
      clientsPeak: this.#clients.peak,
      connectionsInUse: this.#inUse.now,
      connectionsInUsePeak: this.#inUse.peak,
      connectionsParked: this.#parked.now,
      connectionsParkedPeak: this.#parked.peak,
      clientsAccepted: this.#clientsAccepted,
      logins: this.logins,
      connectionsCreated: this.#created,
      connectionsReused: this.loginsReused,
      selects: this.selects,
      selectHits: this.selectHits,
      selectMisses: this.selectMisses,
    };
  }
}

function isInUse(state: ConnectionState): boolean {
  return state === 'leased' || state === 'resetting';
}
