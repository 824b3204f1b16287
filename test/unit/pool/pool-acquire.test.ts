import { describe, expect, it } from 'vitest';
import { expectKind, PoolFixture, settle, watch } from './pool-fixture.ts';

describe('Pool.reserve', () => {
  it('finds nothing where nothing is parked, and remembers no key for it', () => {
    const { pool } = new PoolFixture();
    expect(pool.reserve('ann')).toBeUndefined();
    expect(pool.snapshot().keys).toBe(0);
  });

  it('sets each parked connection of the key aside once, whatever its variant', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' }, { id: 'two', variant: 'E' });
    expect(fixture.pool.reserve('bob')).toBeUndefined();
    const first = fixture.pool.reserve('ann');
    expect(first?.key).toBe('ann');
    expect(fixture.pool.reserve('ann')).toBeDefined();
    expect(fixture.pool.reserve('ann')).toBeUndefined();
    first?.cancel();
    expect(fixture.pool.reserve('ann')).toBeDefined();
  });
});

describe('Pool.acquire with a parked connection', () => {
  it('gives a reservation at once', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' });
    const reservation = await expectKind(fixture.acquire('ann'), 'reservation');
    expect(reservation.claim('')?.value.id).toBe('one');
  });

  it('passes over variants that are not accepted', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one', variant: 'E' });
    await expectKind(fixture.acquire('ann', ''), 'permit');
    await expectKind(fixture.acquire('ann', '', 'E'), 'reservation');
  });

  it('passes over what is set aside for others', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' });
    fixture.pool.reserve('ann');
    await expectKind(fixture.acquire('ann'), 'permit');
  });

  it('never gives the connection of another key', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' });
    await expectKind(fixture.acquire('bob'), 'permit');
  });

  it('asks for no timer', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' });
    await expectKind(fixture.acquire('ann'), 'reservation');
    await expectKind(fixture.acquire('ann'), 'permit');
    expect(fixture.clock.pending).toBe(0);
    expect(fixture.pool.snapshot().waits).toBe(0);
  });
});

describe('Pool.acquire with a resetting connection', () => {
  it('waits for it and gets a reservation when it is parked', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    lease.beginReset();
    const waiting = fixture.acquire('ann');
    fixture.clock.advance(49);
    lease.park('');
    const reservation = await expectKind(waiting, 'reservation');
    expect(reservation.claim('')?.value.id).toBe('one');
    expect(fixture.clock.pending).toBe(0);
  });

  it('gets a permit when the reset takes longer than returnWaitMs', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    lease.beginReset();
    const waiting = fixture.acquire('ann');
    const watched = watch(waiting);
    fixture.clock.advance(49);
    await settle();
    expect(watched.outcome).toBe('pending');
    fixture.clock.advance(1);
    await expectKind(waiting, 'permit');
    expect(fixture.clock.pending).toBe(0);
  });

  it('gets a permit as soon as the connection is closed instead', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    lease.beginReset();
    const waiting = fixture.acquire('ann');
    lease.discard('broken');
    await expectKind(waiting, 'permit');
  });

  it('gets a permit as soon as the connection is parked with a variant that does not fit', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    lease.beginReset();
    const waiting = fixture.acquire('ann', '');
    lease.park('E');
    await expectKind(waiting, 'permit');
    expect(fixture.pool.snapshot()).toMatchObject({ parked: 1, reserved: 0 });
  });

  it('goes on waiting for it though room for a new one becomes free', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    const other = await fixture.open('ann', 'two');
    lease.beginReset();
    const waiting = fixture.acquire('ann');
    other.discard('broken');
    lease.park('');
    await expectKind(waiting, 'reservation');
  });

  it('leaves room to a later waiter of the key while it has a resetting connection to wait for', async () => {
    const fixture = new PoolFixture({ maxPerKey: 3 });
    const [one, two, three] = [
      await fixture.open('ann', 'one'),
      await fixture.open('ann', 'two'),
      await fixture.open('ann', 'three'),
    ];
    one.beginReset();
    const first = watch(fixture.acquire('ann'));
    const second = watch(fixture.acquire('ann'));
    two.beginReset();
    three.discard('broken');
    await settle();
    expect([first.outcome, second.outcome]).toEqual(['pending', 'permit']);
  });

  it('does not wait where every resetting connection is waited for already', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    lease.beginReset();
    const first = fixture.acquire('ann');
    await expectKind(fixture.acquire('ann'), 'permit');
    lease.park('');
    await expectKind(first, 'reservation');
  });

  it('does not wait for the reset of another key, nor with a returnWaitMs of 0', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    lease.beginReset();
    await expectKind(fixture.acquire('bob'), 'permit');
    const impatient = new PoolFixture({ returnWaitMs: 0 });
    const other = await impatient.open('ann', 'one');
    other.beginReset();
    await expectKind(impatient.acquire('ann'), 'permit');
  });

  it('goes on to wait for room when the reset was in vain, and keeps its place', async () => {
    const fixture = new PoolFixture({ maxTotal: 2 });
    const resetting = await fixture.open('ann', 'one');
    const busy = await fixture.open('bob', 'two');
    resetting.beginReset();
    const first = watch(fixture.acquire('ann'));
    const second = watch(fixture.acquire('carl'));
    fixture.clock.advance(50);
    busy.discard('broken');
    await settle();
    expect([first.outcome, second.outcome]).toEqual(['permit', 'pending']);
  });
});

describe('Pool.acquire at a cap', () => {
  it('evicts the least recently parked connection of the key at maxPerKey', async () => {
    const fixture = new PoolFixture({ maxPerKey: 2 });
    await fixture.park('bob', { id: 'oldest of all' });
    await fixture.park('ann', { id: 'older', variant: 'E' }, { id: 'newer', variant: 'E' });
    await expectKind(fixture.acquire('ann', ''), 'permit');
    expect(fixture.closed).toEqual(['older evicted']);
  });

  it('evicts the least recently parked connection of all keys at maxTotal', async () => {
    const fixture = new PoolFixture({ maxTotal: 2 });
    await fixture.park('bob', { id: 'older' });
    await fixture.park('ann', { id: 'newer' });
    await expectKind(fixture.acquire('carl'), 'permit');
    expect(fixture.closed).toEqual(['older evicted']);
    expect(fixture.pool.snapshot()).toMatchObject({ parked: 1, connecting: 1, keys: 2 });
  });

  it('evicts one connection only, of its own key, when both caps are reached', async () => {
    const fixture = new PoolFixture({ maxTotal: 2, maxPerKey: 1 });
    await fixture.park('bob', { id: 'older' });
    await fixture.park('ann', { id: 'newer', variant: 'E' });
    await expectKind(fixture.acquire('ann', ''), 'permit');
    expect(fixture.closed).toEqual(['newer evicted']);
  });

  it('goes by when a connection was parked last, not by when it was opened', async () => {
    const fixture = new PoolFixture({ maxTotal: 2 });
    await fixture.park('ann', { id: 'first' });
    await fixture.park('bob', { id: 'second' });
    fixture.pool.reserve('ann')?.claim('')?.park('');
    await expectKind(fixture.acquire('carl'), 'permit');
    expect(fixture.closed).toEqual(['second evicted']);
  });

  it('does not evict what reservations of that key count on', async () => {
    const fixture = new PoolFixture({ maxTotal: 2 });
    await fixture.park('ann', { id: 'set aside' });
    await fixture.park('bob', { id: 'spare' });
    fixture.pool.reserve('ann');
    await expectKind(fixture.acquire('carl'), 'permit');
    expect(fixture.closed).toEqual(['spare evicted']);
    const last = watch(fixture.acquire('dora'));
    await settle();
    expect(last.outcome).toBe('pending');
  });

  it('does not evict a connection that is leased or resetting', async () => {
    const fixture = new PoolFixture({ maxTotal: 2 });
    await fixture.open('ann', 'leased');
    const resetting = await fixture.open('bob', 'resetting');
    resetting.beginReset();
    const watched = watch(fixture.acquire('carl'));
    await settle();
    expect(watched.outcome).toBe('pending');
    expect(fixture.closed).toEqual([]);
  });
});
