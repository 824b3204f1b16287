import { Lease } from '../pool/lease.ts';
import { LF } from '../protocol/octets.ts';
import { CLEAN_VARIANT } from '../protocol/session-state.ts';
import type { Credentials } from '../upstream/credentials.ts';
import type { LoginFacts } from '../upstream/upstream-connection.ts';
import type { UpstreamLease, UpstreamPool, UpstreamReservation } from '../upstream/upstream-pool.ts';
import { type FirstCommand, readFirstCommand } from './wanted-variants.ts';

/** A first command longer than this, in octets, decides nothing: any clean connection will do for it. */
const MAX_FIRST_LINE_OCTETS = 64 * 1024;

/**
 * A login that was answered from a parked connection, until its first command tells which connection the
 * session needs. Holds the credentials so long, for a new login in case none that is parked fits.
 */
export class ReservedLogin {
  readonly key: string;
  readonly credentials: Credentials;
  readonly #upstreams: UpstreamPool;
  readonly #reservation: UpstreamReservation;

  constructor(
    key: string,
    credentials: Credentials,
    reservation: UpstreamReservation,
    upstreams: UpstreamPool,
  ) {
    this.key = key;
    this.credentials = credentials;
    this.#reservation = reservation;
    this.#upstreams = upstreams;
  }

  /** What a login of the same credentials was answered with; undefined when it was closed in this very moment. */
  get facts(): LoginFacts | undefined {
    return this.#reservation.peek()?.login;
  }

  /** The connection that would be taken now; for the log. */
  get upstreamId(): number | undefined {
    return this.#reservation.peek()?.id;
  }

  /** Whether nothing that the last session of these credentials switched on would be missing. */
  get isLastClean(): boolean {
    return this.#reservation.peek()?.carried.variant === CLEAN_VARIANT;
  }

  /** The first command, if it is whole; what is too long to wait for counts as any other command. */
  readFirst(octets: Buffer): FirstCommand | undefined {
    const lf = octets.indexOf(LF);
    if (lf === -1 && octets.length < MAX_FIRST_LINE_OCTETS) return undefined;
    return readFirstCommand(octets.subarray(0, lf + 1));
  }

  /** The parked connection that `first` asks for; undefined when none fits, and the reservation stays. */
  claim(first: FirstCommand): UpstreamLease | undefined {
    const lease = this.#upstreams.claim(this.#reservation, first.variants);
    if (lease !== undefined) this.credentials.password.wipe();
    return lease;
  }

  /**
   * Makes the login now that was answered from memory, or takes what comes back meanwhile.
   *
   * @throws what UpstreamPool.open throws
   */
  async open(first: FirstCommand, signal: AbortSignal): Promise<{ lease: UpstreamLease; isNew: boolean }> {
    this.cancel();
    try {
      for (;;) {
        const granted = await this.#upstreams.open(this.credentials, this.key, signal, first.variants);
        if (granted instanceof Lease) return { lease: granted, isNew: true };
        const lease = this.#upstreams.claim(granted, first.variants);
        if (lease !== undefined) return { lease, isNew: false };
        // It was closed between the grant and this turn.
        granted.cancel();
      }
    } finally {
      this.credentials.password.wipe();
    }
  }

  /** Sets the connection free; the credentials stay. */
  cancel(): void {
    this.#reservation.cancel();
  }

  /** The session ends without having needed a connection. */
  release(): void {
    this.cancel();
    this.credentials.password.wipe();
  }
}
