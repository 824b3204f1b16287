import type { Clock } from '../base/clock.ts';
import { ProxyError } from '../base/errors.ts';
import { Lease } from '../pool/lease.ts';
import type { Question, RememberedAnswer } from '../protocol/answer-memory.ts';
import { LF } from '../protocol/octets.ts';
import { CLEAN_VARIANT } from '../protocol/variants.ts';
import { introduce } from '../upstream/introduction.ts';
import type { LoginRequest } from '../upstream/login-request.ts';
import { restore, type ToldAnswer, unconfirmed } from '../upstream/restoration.ts';
import type { LoginFacts } from '../upstream/upstream-connection.ts';
import type { Claimed, UpstreamLease, UpstreamPool, UpstreamReservation } from '../upstream/upstream-pool.ts';
import { type FirstCommand, readFirstCommand } from './first-command.ts';

/** A first command longer than this, in octets, decides nothing: any clean connection will do for it. */
const MAX_FIRST_LINE_OCTETS = 64 * 1024;

/** A new connection does not answer as the client was told from memory; its session cannot go on. */
export class OtherAnswersError extends ProxyError {
  readonly code = 'OTHER_ANSWERS';
  readonly fault = 'upstream';
  override readonly reply = { status: 'BYE', code: 'UNAVAILABLE' } as const;

  constructor() {
    super('Server answers otherwise than it did on an earlier connection of the same login');
  }
}

/** A connection for a session that was logged in from memory. */
export interface Bound {
  readonly lease: UpstreamLease;
  /** What it carries by now. */
  readonly variant: string;
  /** Whether it was logged in for this session. */
  readonly isNew: boolean;
}

/**
 * A login that was answered from a parked connection, until the session needs one: its first command that cannot
 * be answered from memory as well decides which. Holds the credentials until a connection has proved to be
 * alive, for a new login in case none that is parked fits.
 */
export class ReservedLogin {
  readonly request: LoginRequest;
  readonly #upstreams: UpstreamPool;
  readonly #clock: Clock;
  #reservation: UpstreamReservation | undefined;
  /** Leased, and not known to be of use yet. */
  #claimed: Claimed | undefined;
  /** What the session has switched on. */
  #variant: string = CLEAN_VARIANT;
  readonly #told: ToldAnswer[] = [];

  constructor(
    request: LoginRequest,
    reservation: UpstreamReservation,
    upstreams: UpstreamPool,
    clock: Clock,
  ) {
    this.request = request;
    this.#reservation = reservation;
    this.#upstreams = upstreams;
    this.#clock = clock;
  }

  /** What a login of the same credentials was answered with; undefined when it was closed in this very moment. */
  get facts(): LoginFacts | undefined {
    return this.#reservation?.peek()?.login;
  }

  /** The connection that would be taken now; for the log. */
  get upstreamId(): number | undefined {
    return this.#reservation?.peek()?.id;
  }

  /** Whether nothing that the last session of these credentials switched on would be missing. */
  get isLastClean(): boolean {
    return this.#reservation?.peek()?.variant === CLEAN_VARIANT;
  }

  /** The first command, if it is whole; what is too long to wait for counts as any other command. */
  readFirst(octets: Buffer): FirstCommand | undefined {
    const lf = octets.indexOf(LF);
    if (lf === -1 && octets.length < MAX_FIRST_LINE_OCTETS) return undefined;
    return readFirstCommand(octets.subarray(0, lf + 1));
  }

  /**
   * The answer to `question` if a parked connection has given it that may still become the session's own.
   * The session has been told it then.
   */
  recall(question: Question): RememberedAnswer | undefined {
    const isEnable = question.answeredBy === 'ENABLED';
    // A second ENABLE leaves what no line of a later session asks for; the server hears it.
    if (isEnable && this.#variant !== CLEAN_VARIANT) return undefined;
    const wanted = isEnable ? question.key : this.#variant;
    let answer: RememberedAnswer | undefined;
    this.#reservation?.find(({ memory, variant }) => {
      if (wanted !== CLEAN_VARIANT && variant !== wanted) return false;
      answer = memory.recall(this.#variant, question);
      return answer !== undefined;
    });
    if (answer === undefined) return undefined;
    const isNews = !this.#told.some(
      (told) => told.question.key === question.key && told.variant === this.#variant,
    );
    if (isNews) this.#told.push({ variant: this.#variant, question, answer });
    this.#variant = wanted;
    return answer;
  }

  /** The parked connection that `first` asks for, if it can be used at once; else {@link open} finds one. */
  claim(first: FirstCommand): Bound | undefined {
    const claimed = this.#claim(this.#variantsFor(first));
    if (claimed === undefined) return undefined;
    const { lease, ready, mustIntroduce } = claimed;
    const isReady =
      ready === undefined && !mustIntroduce && unconfirmed(lease.value, this.#told).length === 0;
    if (isReady) return this.#bound(claimed.lease, false);
    this.#claimed = claimed;
    return undefined;
  }

  /**
   * A connection for a session that begins with `first`: a parked one, once it has proved to be good, or the login
   * made now that was answered from memory.
   *
   * @throws OtherAnswersError, and what UpstreamPool.open throws
   */
  async open(first: FirstCommand, signal: AbortSignal): Promise<Bound> {
    const variants = this.#variantsFor(first);
    for (;;) {
      const claimed = this.#claimed ?? this.#claim(variants);
      this.#claimed = undefined;
      if (claimed !== undefined && (await this.#isGood(claimed))) return this.#bound(claimed.lease, false);
      this.cancel();
      const granted = await this.#upstreams.open(this.request, { signal, variants });
      if (granted instanceof Lease) {
        if (await restore(granted.value, this.#told, this.#clock)) return this.#bound(granted, true);
        granted.discard('other answers');
        throw new OtherAnswersError();
      }
      this.#reservation = granted;
    }
  }

  /** Sets the connection free; the credentials stay. */
  cancel(): void {
    this.#reservation?.cancel();
    this.#reservation = undefined;
  }

  /** No new login will be needed any more. */
  settle(): void {
    this.request.credentials.password.wipe();
  }

  /** The session ends without having needed a connection. */
  release(): void {
    this.cancel();
    this.settle();
  }

  /** What was enabled from memory is enabled on a clean connection too, if need be. */
  #variantsFor({ variants }: FirstCommand): readonly string[] {
    return this.#variant === CLEAN_VARIANT ? variants : [this.#variant, CLEAN_VARIANT];
  }

  #claim(variants: readonly string[]): Claimed | undefined {
    if (this.#reservation === undefined) return undefined;
    const claimed = this.#upstreams.claim(this.#reservation, variants);
    if (claimed !== undefined) this.#reservation = undefined;
    return claimed;
  }

  /** Discards the connection where it is not. */
  async #isGood({ lease, ready, mustIntroduce }: Claimed): Promise<boolean> {
    const { value: connection } = lease;
    const isThere = ready === undefined || (await ready);
    if (!isThere || (mustIntroduce && !(await introduce(connection, this.request.occasion, this.#clock)))) {
      lease.discard('check failed');
      return false;
    }
    const missing = unconfirmed(lease.value, this.#told);
    if (missing.length === 0 || (await restore(lease.value, missing, this.#clock))) return true;
    lease.discard('other answers');
    return false;
  }

  #bound(lease: UpstreamLease, isNew: boolean): Bound {
    const variant = this.#variant === CLEAN_VARIANT ? lease.value.variant : this.#variant;
    return { lease, variant, isNew };
  }
}
