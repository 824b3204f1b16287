/**
 * For how long a login may be answered from memory: until the server has to be asked again, until it says
 * no, or until it has accepted another secret of the same user.
 */
import type { Clock } from '../base/clock.ts';

export interface TrustLimits {
  /** How long an acceptance counts, in ms; 0: without limit. */
  readonly reauthIntervalMs: number;
  /** How long a secret may be remembered as one that was accepted, in ms: no connection lives longer. 0: without limit. */
  readonly memoryMs: number;
}

/** What is known of one pool key. */
interface Acceptance {
  readonly identity: string;
  /** The last time that the server accepted it. */
  readonly acceptedMs: number;
  /** The server has accepted another secret since, so this one may be an old password. */
  isSuperseded: boolean;
}

/** Most secrets that are remembered; of more, the one accepted longest ago is forgotten and asked for again. */
const MAX_SECRETS = 100_000;

/** Most refusals that are remembered: a login that is under way may still be heard of after its secret was refused. */
const MAX_REFUSALS = 1_000;

export class Trust {
  readonly #clock: Clock;
  #limits: TrustLimits;
  /** By pool key; the one accepted longest ago first. */
  readonly #acceptances = new Map<string, Acceptance>();
  readonly #keysOf = new Map<string, Set<string>>();
  /** When secrets were refused, in ms; the last one last. */
  readonly #refusals = new Map<string, number>();

  constructor(limits: TrustLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  set limits(limits: TrustLimits) {
    this.#limits = limits;
  }

  /** Whether a login of this key may be answered from memory. */
  isFresh(key: string): boolean {
    const acceptance = this.#acceptances.get(key);
    if (acceptance === undefined || acceptance.isSuperseded) return false;
    const { reauthIntervalMs } = this.#limits;
    return reauthIntervalMs === 0 || this.#clock.now() - acceptance.acceptedMs <= reauthIntervalMs;
  }

  /** Why connections of this key may not be kept; undefined when they may. What was forgotten has to be asked for again. */
  objectionTo(key: string): 'new secret' | 'login refused' | undefined {
    const acceptance = this.#acceptances.get(key);
    if (acceptance === undefined) return 'login refused';
    return acceptance.isSuperseded ? 'new secret' : undefined;
  }

  /** Whether connections of this key may be kept. */
  isKept(key: string): boolean {
    return this.objectionTo(key) === undefined;
  }

  /**
   * The server has accepted the secret of `key` for `identity`. Tells which keys have lost their trust by it: with a
   * secret not seen before, all others of the identity. One of them that the server accepts again is no old
   * password but one of several that are valid, such as an application password, and supersedes nothing.
   *
   * @param begunMs when the login began; one begun before the server's last no proves nothing.
   */
  accepted(key: string, identity: string, begunMs: number = this.#clock.now()): readonly string[] {
    // A yes to an earlier question may be heard after the no to a later one.
    if ((this.#refusals.get(key) ?? Number.NEGATIVE_INFINITY) > begunMs) return [];
    const isNew = !this.#acceptances.has(key);
    this.#forget(key);
    this.#acceptances.set(key, { identity, acceptedMs: this.#clock.now(), isSuperseded: false });
    const keys = this.#keysOf.get(identity) ?? new Set<string>();
    this.#keysOf.set(identity, keys.add(key));
    this.#prune();
    if (!isNew) return [];
    const others = [...keys].filter((other) => other !== key && this.isKept(other));
    for (const other of others) this.#supersede(other);
    return others;
  }

  /** The server has said no. Tells whether it had said yes before. */
  refused(key: string): boolean {
    this.#refusals.delete(key);
    this.#refusals.set(key, this.#clock.now());
    const [oldest] = this.#refusals.keys();
    if (this.#refusals.size > MAX_REFUSALS && oldest !== undefined) this.#refusals.delete(oldest);
    return this.#forget(key);
  }

  #supersede(key: string): void {
    const acceptance = this.#acceptances.get(key);
    if (acceptance !== undefined) acceptance.isSuperseded = true;
  }

  #prune(): void {
    const { memoryMs } = this.#limits;
    const before = memoryMs === 0 ? Number.NEGATIVE_INFINITY : this.#clock.now() - memoryMs;
    for (const [key, { acceptedMs }] of this.#acceptances) {
      if (acceptedMs >= before && this.#acceptances.size <= MAX_SECRETS) return;
      this.#forget(key);
    }
  }

  #forget(key: string): boolean {
    const acceptance = this.#acceptances.get(key);
    if (acceptance === undefined) return false;
    this.#acceptances.delete(key);
    const keys = this.#keysOf.get(acceptance.identity);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysOf.delete(acceptance.identity);
    return true;
  }
}
