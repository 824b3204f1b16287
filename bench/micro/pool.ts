import { systemClock } from '../../src/base/clock.ts';
import { Permit } from '../../src/pool/permit.ts';
import { Pool } from '../../src/pool/pool.ts';

const KEYS = 10_000;
const LIMITS = {
  maxTotal: 2 * KEYS,
  maxPerKey: 0,
  maxParkedPerKey: 4,
  maxParkedMs: 300_000,
  maxWaitMs: 4000,
  returnWaitMs: 0,
};

/** One use of a parked connection: set aside, leased, reset, parked again; with 10,000 users' parked beside it. */
export async function poolCall(): Promise<() => void> {
  const pool = new Pool<object, never>(LIMITS, systemClock, { closed: () => undefined });
  const { signal } = new AbortController();
  for (let key = 0; key < KEYS; key += 1) {
    const grant = await pool.acquire(String(key), { signal });
    if (!(grant instanceof Permit)) throw new Error('Cannot fill the pool: something was parked already');
    const lease = grant.fulfil({});
    lease.beginReset();
    lease.park('');
  }
  let next = 0;
  return () => {
    next = (next + 7919) % KEYS;
    const lease = pool.reserve(String(next))?.claim('');
    lease?.beginReset();
    lease?.park('');
  };
}
