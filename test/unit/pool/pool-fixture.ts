import type { Lease } from '../../../src/pool/lease.ts';
import { type Grant, Pool, type PoolLimits } from '../../../src/pool/pool.ts';
import { FakeClock } from '../../support/fake-clock.ts';

export interface Connection {
  readonly id: string;
}

export type Reason = 'broken' | 'revoked';

export type TestLease = Lease<Connection, Reason>;
export type TestGrant = Grant<Connection, Reason>;

export const LIMITS: PoolLimits = {
  maxTotal: 100,
  maxPerKey: 0,
  maxParkedPerKey: 100,
  maxParkedMs: 1_000,
  maxWaitMs: 500,
  returnWaitMs: 50,
};

/** A pool with an injected clock that writes down what it closes, and shortcuts through its API. */
export class PoolFixture {
  readonly clock: FakeClock = new FakeClock();
  /** `<id> <reason>`, in the order of closing. */
  readonly closed: string[] = [];
  readonly pool: Pool<Connection, Reason>;

  constructor(limits: Partial<PoolLimits> = {}) {
    this.pool = new Pool({ ...LIMITS, ...limits }, this.clock, {
      closed: ({ id }, reason) => this.closed.push(`${id} ${reason}`),
    });
  }

  acquire(key: string, ...variants: string[]): Promise<TestGrant> {
    const accepts = variants.length === 0 ? {} : { accepts: (variant: string) => variants.includes(variant) };
    return this.pool.acquire(key, { signal: new AbortController().signal, ...accepts });
  }

  /** Asks for the right to open a new connection, whatever is parked. */
  mustOpen(key: string): Promise<TestGrant> {
    return this.pool.acquire(key, { signal: new AbortController().signal, mustOpen: true });
  }

  /** `<id>` of each that is spare, `(<id>)` of each that is not. */
  listed(): string[] {
    return [...this.pool.list()].map(({ value, isSpare }) => (isSpare ? value.id : `(${value.id})`));
  }

  /** Opens a new connection; none of the key may be parked that fits. */
  async open(key: string, id: string): Promise<TestLease> {
    const grant = await this.acquire(key, 'none fits');
    if (grant.kind !== 'permit') throw new Error(`Cannot open ${id}: expected a permit`);
    return grant.fulfil({ id });
  }

  /** Opens and parks connections, the first of them first. */
  async park(key: string, ...connections: { id: string; variant?: string }[]): Promise<void> {
    const leases: TestLease[] = [];
    for (const { id } of connections) leases.push(await this.open(key, id));
    for (const [index, lease] of leases.entries()) lease.park(connections[index]?.variant ?? '');
  }
}

/** Follows a promise without waiting for it. */
export function watch(promise: Promise<TestGrant>): { outcome: 'pending' | 'refused' | TestGrant['kind'] } {
  const watched: ReturnType<typeof watch> = { outcome: 'pending' };
  promise.then(
    ({ kind }) => {
      watched.outcome = kind;
    },
    () => {
      watched.outcome = 'refused';
    },
  );
  return watched;
}

/** Lets every promise that can settle do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The grant, as the kind that the test expects. */
export async function expectKind<K extends TestGrant['kind']>(
  promise: Promise<TestGrant>,
  kind: K,
): Promise<Extract<TestGrant, { kind: K }>> {
  const grant = await promise;
  if (!isKind(grant, kind)) throw new Error(`Cannot use a ${grant.kind}: expected a ${kind}`);
  return grant;
}

function isKind<K extends TestGrant['kind']>(
  grant: TestGrant,
  kind: K,
): grant is Extract<TestGrant, { kind: K }> {
  return grant.kind === kind;
}
