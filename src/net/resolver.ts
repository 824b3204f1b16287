/** Addresses of host names, also where the files that name resolution needs are out of reach: after chroot(2). */
import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '../base/clock.ts';

/** 4 or 6: addresses of that family only; 0: both. */
export type Family = 0 | 4 | 6;

/** The addresses of `host`, the best one first. Rejects when it has none. */
export type ResolveHost = (host: string, family: Family) => Promise<readonly string[]>;

/** An address as the domain name system gives it. */
export interface Answer {
  readonly address: string;
  /** How long it holds, in seconds. */
  readonly ttl: number;
}

/** Asks the domain name system alone, by the servers that were known when the daemon started. */
export type AskNameServers = (host: string, family: 4 | 6) => Promise<readonly Answer[]>;

/** A refusal of a name server, or its silence, is worth another question after this time, in ms. */
const RETRY_MS = 30_000;

/** How long the start waits for the first addresses, in ms: without them it goes on, as without the server. */
const FIRST_MS = 5_000;

/** One name server's time for one answer, in ms, and how often it is asked. */
const NAME_SERVER = { timeout: 2_000, tries: 2 };

/** As every program on the machine resolves names: /etc/hosts, the domain name system and what else is set up. */
export const resolveBySystem: ResolveHost = async (host, family) => {
  const found = await lookup(host, { all: true, family });
  return found.map(({ address }) => address);
};

/** Reads the machine's list of name servers now. */
export function nameServers(): AskNameServers {
  const resolver = new Resolver(NAME_SERVER);
  return (host, family) =>
    family === 4 ? resolver.resolve4(host, { ttl: true }) : resolver.resolve6(host, { ttl: true });
}

/**
 * Resolves `host` now, and returns what resolves it for the rest of the life of the process, without a file: see
 * `DetachedResolver`. Other names, of a configuration that is read later, are put to the name servers alone.
 */
export async function detachResolution(
  host: string,
  family: Family,
  clock: Clock,
  bySystem: ResolveHost = resolveBySystem,
  ask: AskNameServers = nameServers(),
): Promise<ResolveHost> {
  const first = await DetachedResolver.prepare(host, family, clock, bySystem, ask);
  const resolvers = new Map([[keyOf(host, family), first]]);
  return async (otherHost, otherFamily) => {
    const key = keyOf(otherHost, otherFamily);
    let resolver = resolvers.get(key);
    if (resolver === undefined) {
      resolver = await DetachedResolver.prepare(otherHost, otherFamily, clock, async () => [], ask);
      resolvers.set(key, resolver);
    }
    return resolver.resolve();
  };
}

/**
 * One host name, resolved by the system while that is possible, and then kept up to date by the name servers alone:
 * in a new root there is neither /etc/hosts nor /etc/resolv.conf, and the C library would ask 127.0.0.1 instead.
 *
 * Where the name servers do not know the addresses that the system has found (they stand in /etc/hosts, or the name is
 * short and needs a search domain), the addresses stay as they are for the life of the process, as in the
 * classic daemon.
 */
export class DetachedResolver {
  readonly #host: string;
  readonly #family: Family;
  readonly #ask: AskNameServers;
  readonly #clock: Clock;
  #addresses: readonly string[] = [];
  /** Undefined: the addresses never change. */
  #expiresAt: number | undefined;
  #refresh: Promise<void> | undefined;

  private constructor(host: string, family: Family, ask: AskNameServers, clock: Clock) {
    this.#host = host;
    this.#family = family;
    this.#ask = ask;
    this.#clock = clock;
  }

  /** Resolves `host` for the first time, within 5 s. Never rejects: what is not known yet may be known later. */
  static async prepare(
    host: string,
    family: Family,
    clock: Clock,
    bySystem: ResolveHost = resolveBySystem,
    ask: AskNameServers = nameServers(),
  ): Promise<DetachedResolver> {
    const resolver = new DetachedResolver(host, family, ask, clock);
    if (isIP(host) > 0) {
      resolver.#addresses = [host];
      return resolver;
    }
    const { promise: isLate, resolve: giveUp } = Promise.withResolvers<[]>();
    const cancel = clock.after(FIRST_MS, () => giveUp([]));
    const [found, answers] = await Promise.all([
      Promise.race<readonly string[]>([bySystem(host, family).catch(() => []), isLate]),
      Promise.race<readonly Answer[]>([resolver.#askAll(), isLate]),
    ]);
    cancel();
    resolver.#addresses = found;
    if (found.length === 0 || answers.some(({ address }) => found.includes(address))) resolver.#take(answers);
    return resolver;
  }

  /** Whether the addresses are asked for again when their time is over. */
  get isRefreshed(): boolean {
    return this.#expiresAt !== undefined;
  }

  /**
   * The addresses known now. When their time is over they are still returned, so that no login waits, and asked for
   * anew for the next one.
   *
   * @throws Error when no address is known and the name servers give none.
   */
  readonly resolve = async (): Promise<readonly string[]> => {
    const isOver = this.#expiresAt !== undefined && this.#clock.now() >= this.#expiresAt;
    if (isOver) this.#refresh ??= this.#askAgain();
    if (this.#addresses.length === 0) await this.#refresh;
    if (this.#addresses.length > 0) return this.#addresses;
    throw new Error(`No name server knows ${this.#host}`);
  };

  async #askAgain(): Promise<void> {
    this.#take(await this.#askAll());
    this.#refresh = undefined;
  }

  /** Answers replace what is known; none leaves it, and is asked for again soon. */
  #take(answers: readonly Answer[]): void {
    const ttlMs = Math.min(...answers.map(({ ttl }) => ttl * 1000));
    this.#expiresAt = this.#clock.now() + Math.max(RETRY_MS, answers.length > 0 ? ttlMs : 0);
    if (answers.length > 0) this.#addresses = this.#inOrder(answers.map(({ address }) => address));
  }

  /** The family that came first stays first: the system knows which of them this machine can reach. */
  #inOrder(addresses: readonly string[]): readonly string[] {
    const first = isIP(this.#addresses[0] ?? '') || 4;
    return addresses.toSorted((a, b) => Number(isIP(a) !== first) - Number(isIP(b) !== first));
  }

  async #askAll(): Promise<readonly Answer[]> {
    const families = this.#family === 0 ? ([4, 6] as const) : [this.#family];
    const outcomes = await Promise.allSettled(families.map((family) => this.#ask(this.#host, family)));
    return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
  }
}

function keyOf(host: string, family: Family): string {
  return `${family} ${host}`;
}
