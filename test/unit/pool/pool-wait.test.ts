import { describe, expect, it } from 'vitest';
import { CheckoutTimeoutError, PoolClosedError } from '../../../src/pool/pool-errors.ts';
import { expectKind, LIMITS, PoolFixture, settle, watch } from './pool-fixture.ts';

describe('Pool.acquire in the queue', () => {
  it('hands a returned connection to the oldest waiter of its key', async () => {
    const fixture = new PoolFixture({ maxPerKey: 1 });
    const lease = await fixture.open('ann', 'one');
    const first = watch(fixture.acquire('ann'));
    const second = watch(fixture.acquire('ann'));
    lease.park('');
    await settle();
    expect([first.outcome, second.outcome]).toEqual(['reservation', 'pending']);
  });

  it('hands a returned connection to its own key before it makes room for an older waiter', async () => {
    const fixture = new PoolFixture({ maxTotal: 1 });
    const lease = await fixture.open('ann', 'one');
    const older = watch(fixture.acquire('bob'));
    const own = watch(fixture.acquire('ann'));
    lease.park('');
    await settle();
    expect([older.outcome, own.outcome]).toEqual(['pending', 'reservation']);
    expect(fixture.closed).toEqual([]);
  });

  it('hands a returned connection past a waiter of its key whom it does not fit', async () => {
    const fixture = new PoolFixture({ maxPerKey: 1 });
    const lease = await fixture.open('ann', 'one');
    const clean = watch(fixture.acquire('ann', ''));
    const any = watch(fixture.acquire('ann'));
    lease.park('E');
    await settle();
    expect([clean.outcome, any.outcome]).toEqual(['pending', 'reservation']);
  });

  it('evicts a returned connection that fits nobody for the oldest who needs room', async () => {
    const fixture = new PoolFixture({ maxPerKey: 1 });
    const lease = await fixture.open('ann', 'one');
    const clean = watch(fixture.acquire('ann', ''));
    lease.park('E');
    await settle();
    expect(clean.outcome).toBe('permit');
    expect(fixture.closed).toEqual(['one evicted']);
  });

  it('gives room to the oldest waiter', async () => {
    const fixture = new PoolFixture({ maxTotal: 1 });
    const lease = await fixture.open('ann', 'one');
    const first = watch(fixture.acquire('bob'));
    const second = watch(fixture.acquire('carl'));
    lease.discard('broken');
    await settle();
    expect([first.outcome, second.outcome]).toEqual(['permit', 'pending']);
  });

  it('does not let a waiter at the cap of its key hold up those behind it', async () => {
    const fixture = new PoolFixture({ maxTotal: 2, maxPerKey: 1 });
    await fixture.open('ann', 'one');
    const other = await fixture.open('bob', 'two');
    const blocked = watch(fixture.acquire('ann'));
    const behind = watch(fixture.acquire('carl'));
    other.discard('broken');
    await settle();
    expect([blocked.outcome, behind.outcome]).toEqual(['pending', 'permit']);
  });

  it.each([
    {
      event: 'a permit is cancelled',
      limits: { maxTotal: 1 },
      prepare: async (fixture: PoolFixture) => {
        const permit = await expectKind(fixture.acquire('ann'), 'permit');
        return () => permit.cancel();
      },
    },
    {
      event: 'a reservation is cancelled',
      limits: { maxTotal: 1 },
      prepare: async (fixture: PoolFixture) => {
        await fixture.park('ann', { id: 'one' });
        const reservation = fixture.pool.reserve('ann');
        return () => reservation?.cancel();
      },
    },
    {
      event: 'a parked connection is retired',
      limits: { maxTotal: 1 },
      prepare: async (fixture: PoolFixture) => {
        const lease = await fixture.open('ann', 'one');
        lease.park('');
        fixture.pool.reserve('ann');
        return () => fixture.pool.retire(lease.value, 'revoked');
      },
    },
    {
      event: 'parked connections are retired by predicate',
      limits: { maxTotal: 1 },
      prepare: async (fixture: PoolFixture) => {
        await fixture.park('ann', { id: 'one' });
        fixture.pool.reserve('ann');
        return () => fixture.pool.retireWhere(() => true, 'revoked');
      },
    },
    {
      event: 'the limits are raised',
      limits: { maxTotal: 1 },
      prepare: async (fixture: PoolFixture) => {
        await fixture.open('ann', 'one');
        return () => fixture.pool.setLimits({ ...LIMITS, maxTotal: 2 });
      },
    },
  ])('is served when $event', async ({ limits, prepare }) => {
    const fixture = new PoolFixture(limits);
    const free = await prepare(fixture);
    const waiting = watch(fixture.acquire('bob'));
    await settle();
    expect(waiting.outcome).toBe('pending');
    free();
    await settle();
    expect(waiting.outcome).toBe('permit');
    expect(fixture.clock.pending).toBe(0);
  });

  it('is given what a cancelled reservation of its key sets free', async () => {
    const fixture = new PoolFixture({ maxPerKey: 1 });
    await fixture.park('ann', { id: 'one' });
    const reservation = fixture.pool.reserve('ann');
    const waiting = fixture.acquire('ann');
    reservation?.cancel();
    const next = await expectKind(waiting, 'reservation');
    expect(next.claim('')?.value.id).toBe('one');
  });
});

describe('Pool.acquire in vain', () => {
  it('rejects after maxWaitMs with LIMIT where the cap of the key was the cause', async () => {
    const fixture = new PoolFixture({ maxPerKey: 1 });
    await fixture.open('ann', 'one');
    const waiting = fixture.acquire('ann');
    const watched = watch(waiting);
    fixture.clock.advance(499);
    await settle();
    expect(watched.outcome).toBe('pending');
    fixture.clock.advance(1);
    const error = await waiting.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CheckoutTimeoutError);
    expect(error).toMatchObject({
      code: 'CHECKOUT_TIMEOUT',
      cap: 'key',
      reply: { status: 'NO', code: 'LIMIT' },
      message: 'Cannot get a connection: all 1 allowed for this user were in use for 500 ms',
    });
    expect(fixture.pool.snapshot()).toMatchObject({
      waiting: 0,
      waits: 1,
      waitedMs: 500,
      longestWaitMs: 500,
    });
  });

  it('rejects after maxWaitMs with UNAVAILABLE where the total was the cause', async () => {
    const fixture = new PoolFixture({ maxTotal: 1, maxPerKey: 1 });
    await fixture.open('ann', 'one');
    const waiting = fixture.acquire('bob');
    fixture.clock.advance(500);
    await expect(waiting).rejects.toMatchObject({
      cap: 'total',
      reply: { status: 'NO', code: 'UNAVAILABLE' },
    });
    expect(fixture.pool.snapshot().keys).toBe(1);
  });

  it('waits returnWaitMs and then maxWaitMs where a reset was in vain', async () => {
    const fixture = new PoolFixture({ maxTotal: 1 });
    const lease = await fixture.open('ann', 'one');
    lease.beginReset();
    const waiting = fixture.acquire('ann');
    const watched = watch(waiting);
    fixture.clock.advance(549);
    await settle();
    expect(watched.outcome).toBe('pending');
    fixture.clock.advance(1);
    await expect(waiting).rejects.toThrow(CheckoutTimeoutError);
  });

  it('rejects with the reason of the signal, leaves the queue at once and leaks nothing', async () => {
    const fixture = new PoolFixture({ maxTotal: 1 });
    const lease = await fixture.open('ann', 'one');
    const gone = new AbortController();
    const waiting = fixture.pool.acquire('bob', { signal: gone.signal });
    const behind = watch(fixture.acquire('carl'));
    const reason = new Error('client is gone');
    gone.abort(reason);
    expect(fixture.pool.snapshot()).toMatchObject({ waiting: 1, keys: 2 });
    await expect(waiting).rejects.toBe(reason);
    lease.discard('broken');
    await settle();
    expect(behind.outcome).toBe('permit');
    expect(fixture.clock.pending).toBe(0);
  });

  it('rejects at once when the signal has aborted already, though a connection is parked', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' });
    const reason = new Error('client is gone');
    await expect(fixture.pool.acquire('ann', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(fixture.pool.snapshot()).toMatchObject({ parked: 1, reserved: 0 });
  });

  it('ignores an abort after it was served', async () => {
    const fixture = new PoolFixture({ maxTotal: 1 });
    const lease = await fixture.open('ann', 'one');
    const gone = new AbortController();
    const waiting = fixture.pool.acquire('bob', { signal: gone.signal });
    lease.discard('broken');
    gone.abort();
    const permit = await expectKind(waiting, 'permit');
    permit.cancel();
    expect(fixture.pool.snapshot()).toMatchObject({ connecting: 0, waiting: 0, keys: 0 });
  });

  it('rejects with PoolClosedError when the pool is shut down, before or while it waits', async () => {
    const fixture = new PoolFixture({ maxTotal: 1 });
    await fixture.open('ann', 'one');
    const waiting = fixture.acquire('bob');
    fixture.pool.shutdown();
    await expect(waiting).rejects.toThrow(PoolClosedError);
    await expect(fixture.acquire('ann')).rejects.toMatchObject({
      code: 'POOL_CLOSED',
      reply: { status: 'BYE', code: 'UNAVAILABLE' },
    });
    expect(fixture.clock.pending).toBe(0);
  });
});
