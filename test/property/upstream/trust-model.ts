import type { TrustLimits } from '../../../src/upstream/trust.ts';

/** What the server has said to a login. */
interface Verdict {
  readonly isAccepted: boolean;
  readonly key: string;
  readonly identity: string;
  readonly atMs: number;
}

/**
 * The rules of trust once more, told from the history of all verdicts: nothing is kept but what the server has
 * said, and every question goes through all of it.
 */
export class TrustModel {
  readonly #limits: TrustLimits;
  readonly #verdicts: Verdict[] = [];

  constructor(limits: TrustLimits) {
    this.#limits = limits;
  }

  accepted(key: string, identity: string, atMs: number): readonly string[] {
    const others = this.#keysOf(identity).filter((other) => other !== key);
    const before = others.filter((other) => this.isKept(other));
    this.#verdicts.push({ isAccepted: true, key, identity, atMs });
    return before.filter((other) => !this.isKept(other) && this.#isRemembered(other, this.#verdicts.length));
  }

  refused(key: string, identity: string, atMs: number): boolean {
    const wasAccepted = this.#isRemembered(key, this.#verdicts.length);
    this.#verdicts.push({ isAccepted: false, key, identity, atMs });
    return wasAccepted;
  }

  isFresh(key: string, nowMs: number): boolean {
    const { reauthIntervalMs } = this.#limits;
    const last = this.#verdicts.findLast((verdict) => verdict.key === key);
    return this.isKept(key) && (reauthIntervalMs === 0 || nowMs - (last?.atMs ?? 0) <= reauthIntervalMs);
  }

  /** Accepted and remembered, and no acceptance since was that of a secret unheard of until then. */
  isKept(key: string): boolean {
    if (!this.#isRemembered(key, this.#verdicts.length)) return false;
    const acceptedAt = this.#verdicts.findLastIndex((verdict) => verdict.key === key);
    const { identity } = this.#verdicts[acceptedAt] ?? {};
    return !this.#verdicts.some(
      (verdict, index) =>
        index > acceptedAt &&
        verdict.isAccepted &&
        verdict.identity === identity &&
        !this.#isRemembered(verdict.key, index),
    );
  }

  /**
   * Whether before verdict number `before` the last word about the secret was yes, and was not forgotten by one of the
   * acceptances since, each of which forgets what is older than the limit.
   */
  #isRemembered(key: string, before: number): boolean {
    const earlier = this.#verdicts.slice(0, before);
    const at = earlier.findLastIndex((verdict) => verdict.key === key);
    const last = earlier[at];
    if (last === undefined || !last.isAccepted) return false;
    const { memoryMs } = this.#limits;
    const isTooLate = (atMs: number): boolean => memoryMs > 0 && atMs - last.atMs > memoryMs;
    return !earlier.slice(at + 1).some(({ isAccepted, atMs }) => isAccepted && isTooLate(atMs));
  }

  #keysOf(identity: string): readonly string[] {
    return [...new Set(this.#verdicts.filter((v) => v.identity === identity).map(({ key }) => key))];
  }
}
