import { describe, expect, it } from 'vitest';
import { Pool } from '../../../src/pool/pool.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type Connection, expectKind, LIMITS, PoolFixture, type Reason } from './pool-fixture.ts';

describe('Pool.retire', () => {
  it('closes a parked value once', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    lease.park('');
    expect(fixture.pool.retire(lease.value, 'revoked')).toBe(true);
    expect(fixture.pool.retire(lease.value, 'revoked')).toBe(false);
    expect(fixture.closed).toEqual(['one revoked']);
  });

  it('leaves a value alone that is leased, resetting or unknown', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    expect(fixture.pool.retire(lease.value, 'revoked')).toBe(false);
    lease.beginReset();
    expect(fixture.pool.retire(lease.value, 'revoked')).toBe(false);
    expect(fixture.pool.retire({ id: 'one' }, 'revoked')).toBe(false);
    expect(fixture.closed).toEqual([]);
  });

  it('finds nothing to do when the owner calls it for the value that is just closing', async () => {
    const found: boolean[] = [];
    const pool: Pool<Connection, Reason> = new Pool(LIMITS, new FakeClock(), {
      closed: (value) => found.push(pool.retire(value, 'broken')),
    });
    const grant = await pool.acquire('ann', { signal: new AbortController().signal });
    if (grant.kind !== 'permit') throw new Error('Cannot open a connection: expected a permit');
    grant.fulfil({ id: 'one' }).park('');
    pool.shutdown();
    expect(found).toEqual([false]);
    expect(pool.snapshot().closed).toEqual({ shutdown: 1 });
  });
});

describe('Pool.retireWhere', () => {
  it('closes the parked values that match, set aside or not, and counts them', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' }, { id: 'two', variant: 'E' });
    await fixture.park('bob', { id: 'three' });
    await fixture.open('ann', 'leased');
    fixture.pool.reserve('ann');
    expect(fixture.pool.retireWhere((key) => key === 'ann', 'revoked')).toBe(2);
    expect(fixture.pool.retireWhere((_key, variant) => variant === 'E', 'revoked')).toBe(0);
    expect(fixture.pool.retireWhere((_key, _variant, { id }) => id === 'three', 'broken')).toBe(1);
    expect(fixture.closed).toEqual(['one revoked', 'two revoked', 'three broken']);
  });
});

describe('Pool.sweep', () => {
  it('closes what has been parked for longer than maxParkedMs, and nothing younger', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'old' });
    fixture.clock.advance(1);
    await fixture.park('bob', { id: 'young' });
    fixture.clock.advance(999);
    fixture.pool.sweep();
    expect(fixture.closed).toEqual([]);
    fixture.clock.advance(1);
    fixture.pool.sweep();
    expect(fixture.closed).toEqual(['old idle']);
  });

  it('counts from the last time a connection was parked', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' });
    fixture.clock.advance(900);
    fixture.pool.reserve('ann')?.claim('')?.park('');
    fixture.clock.advance(900);
    fixture.pool.sweep();
    expect(fixture.closed).toEqual([]);
  });

  it('spares what a reservation counts on until that ends', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'older' }, { id: 'newer' });
    const reservation = fixture.pool.reserve('ann');
    fixture.clock.advance(2_000);
    fixture.pool.sweep();
    expect(fixture.closed).toEqual(['older idle']);
    reservation?.cancel();
    fixture.pool.sweep();
    expect(fixture.closed).toEqual(['older idle', 'newer idle']);
  });
});

describe('Pool with maxParkedPerKey', () => {
  it('closes the least recently parked of that key as surplus', async () => {
    const fixture = new PoolFixture({ maxParkedPerKey: 1 });
    await fixture.park('bob', { id: 'other key' });
    await fixture.park('ann', { id: 'older' }, { id: 'newer' });
    expect(fixture.closed).toEqual(['older surplus']);
  });

  it('keeps as many as are set aside, and the most recently parked of them', async () => {
    const fixture = new PoolFixture();
    const third = await fixture.open('ann', 'third');
    await fixture.park('ann', { id: 'first' }, { id: 'second' });
    const one = fixture.pool.reserve('ann');
    const other = fixture.pool.reserve('ann');
    fixture.pool.setLimits({ ...LIMITS, maxParkedPerKey: 1 });
    expect(fixture.closed).toEqual([]);
    third.park('');
    expect(fixture.closed).toEqual(['first surplus']);
    expect(one?.claim('')?.value.id).toBe('third');
    expect(other?.claim('')?.value.id).toBe('second');
  });

  it('hands the connection to a waiter before it looks for surplus', async () => {
    const fixture = new PoolFixture({ maxParkedPerKey: 0, maxPerKey: 1 });
    const lease = await fixture.open('ann', 'one');
    const waiting = fixture.acquire('ann');
    lease.park('');
    const reservation = await expectKind(waiting, 'reservation');
    reservation.claim('')?.park('');
    expect(fixture.closed).toEqual(['one surplus']);
  });
});

describe('Pool.setLimits', () => {
  it('evicts the least recently parked beyond the new total', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' }, { id: 'two' });
    await fixture.park('bob', { id: 'three' });
    await fixture.open('carl', 'leased');
    fixture.pool.setLimits({ ...LIMITS, maxTotal: 2 });
    expect(fixture.closed).toEqual(['one evicted', 'two evicted']);
  });

  it('closes what one key has beyond its new caps', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' }, { id: 'two' }, { id: 'three' });
    await fixture.open('ann', 'leased');
    fixture.pool.setLimits({ ...LIMITS, maxPerKey: 2, maxParkedPerKey: 2 });
    expect(fixture.closed).toEqual(['one surplus', 'two evicted']);
  });

  it('evicts what is leased beyond the new caps when it comes back', async () => {
    const fixture = new PoolFixture();
    const first = await fixture.open('ann', 'first');
    const second = await fixture.open('ann', 'second');
    fixture.pool.setLimits({ ...LIMITS, maxTotal: 1 });
    expect(fixture.closed).toEqual([]);
    first.park('');
    second.park('');
    expect(fixture.closed).toEqual(['first evicted']);
    expect(fixture.pool.snapshot().parked).toBe(1);
  });

  it('evicts a connection beyond the new caps when its reservation is cancelled', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' });
    const reservation = fixture.pool.reserve('ann');
    fixture.pool.setLimits({ ...LIMITS, maxTotal: 0 });
    expect(fixture.closed).toEqual([]);
    reservation?.cancel();
    expect(fixture.closed).toEqual(['one evicted']);
    expect(fixture.pool.snapshot().keys).toBe(0);
  });
});

describe('Pool.shutdown', () => {
  it('closes all that is parked, set aside or not, and whatever is parked later', async () => {
    const fixture = new PoolFixture();
    const leased = await fixture.open('ann', 'leased');
    const resetting = await fixture.open('ann', 'resetting');
    const permit = await expectKind(fixture.acquire('bob'), 'permit');
    await fixture.park('ann', { id: 'parked' });
    resetting.beginReset();
    const reservation = fixture.pool.reserve('ann');
    fixture.pool.shutdown();
    expect(fixture.closed).toEqual(['parked shutdown']);
    expect(reservation?.claim('')).toBeUndefined();
    expect(fixture.pool.reserve('ann')).toBeUndefined();

    leased.park('');
    resetting.park('');
    permit.fulfil({ id: 'late' }).discard('broken');
    reservation?.cancel();
    fixture.pool.shutdown();
    expect(fixture.closed).toEqual([
      'parked shutdown',
      'leased shutdown',
      'resetting shutdown',
      'late broken',
    ]);
    expect(fixture.pool.snapshot()).toMatchObject({
      connecting: 0,
      leased: 0,
      resetting: 0,
      parked: 0,
      reserved: 0,
      keys: 0,
      created: 4,
      closed: { shutdown: 3, broken: 1 },
    });
  });
});
