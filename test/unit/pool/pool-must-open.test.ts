import { describe, expect, it } from 'vitest';
import { CheckoutTimeoutError } from '../../../src/pool/pool-errors.ts';
import { expectKind, PoolFixture, settle, watch } from './pool-fixture.ts';

describe('Pool.acquire that must open', () => {
  it('passes over what is parked, which stays', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' }, { id: 'two', variant: 'E' });
    await expectKind(fixture.mustOpen('ann'), 'permit');
    expect(fixture.closed).toEqual([]);
    expect(fixture.pool.snapshot()).toMatchObject({ parked: 2, reserved: 0, connecting: 1 });
  });

  it('does not wait for a connection that is being reset', async () => {
    const fixture = new PoolFixture();
    (await fixture.open('ann', 'one')).beginReset();
    await expectKind(fixture.mustOpen('ann'), 'permit');
    expect(fixture.clock.pending).toBe(0);
  });

  it('makes what is parked go at a cap, that of its own key first', async () => {
    const fixture = new PoolFixture({ maxTotal: 2, maxPerKey: 1 });
    await fixture.park('bob', { id: 'older' });
    await fixture.park('ann', { id: 'newer' });
    await expectKind(fixture.mustOpen('ann'), 'permit');
    expect(fixture.closed).toEqual(['newer evicted']);
  });

  it('waits at a cap for room, and takes no connection that comes back in place of it', async () => {
    const fixture = new PoolFixture({ maxPerKey: 2 });
    const [back, gone] = [await fixture.open('ann', 'back'), await fixture.open('ann', 'gone')];
    const waiting = fixture.mustOpen('ann');
    const watched = watch(waiting);
    await settle();
    expect(watched.outcome).toBe('pending');
    gone.discard('broken');
    await expectKind(waiting, 'permit');
    back.park('');
    await settle();
    expect(fixture.pool.snapshot()).toMatchObject({ parked: 1, reserved: 0, connecting: 1, waiting: 0 });
  });

  it('makes a connection go that comes back at a cap, rather than wait on', async () => {
    const fixture = new PoolFixture({ maxPerKey: 1 });
    const lease = await fixture.open('ann', 'one');
    const waiting = fixture.mustOpen('ann');
    lease.park('');
    await expectKind(waiting, 'permit');
    expect(fixture.closed).toEqual(['one evicted']);
  });

  it('leaves a connection that comes back to one who waits behind it', async () => {
    const fixture = new PoolFixture({ maxPerKey: 2 });
    const [lease] = [await fixture.open('ann', 'one'), await fixture.open('ann', 'two')];
    const first = watch(fixture.mustOpen('ann'));
    const second = watch(fixture.acquire('ann'));
    lease.park('');
    await settle();
    expect([first.outcome, second.outcome]).toEqual(['pending', 'reservation']);
  });

  it('is refused when nothing has become free in time', async () => {
    const fixture = new PoolFixture({ maxPerKey: 1 });
    await fixture.open('ann', 'one');
    const waiting = fixture.mustOpen('ann');
    fixture.clock.advance(500);
    await expect(waiting).rejects.toThrow(CheckoutTimeoutError);
  });
});

describe('Pool.list', () => {
  it('gives every connection that is open, and says which are spare', async () => {
    const fixture = new PoolFixture();
    await fixture.open('ann', 'leased');
    await fixture.park('ann', { id: 'parked' });
    (await fixture.open('carl', 'resetting')).beginReset();
    (await fixture.open('bob', 'gone')).discard('broken');
    await fixture.acquire('bob');
    expect(fixture.listed()).toEqual(['(leased)', 'parked', '(resetting)']);
  });

  it('takes the youngest of a key for those that reservations count on', async () => {
    const fixture = new PoolFixture();
    await fixture.park('bob', { id: 'of bob' });
    await fixture.park('ann', { id: 'old' }, { id: 'middle', variant: 'E' }, { id: 'new' });
    const reservations = [fixture.pool.reserve('ann'), fixture.pool.reserve('ann')];
    expect(fixture.listed()).toEqual(['of bob', 'old', '(middle)', '(new)']);
    reservations[0]?.cancel();
    expect(fixture.listed()).toEqual(['of bob', 'old', 'middle', '(new)']);
    reservations[1]?.claim('E');
    expect(fixture.listed()).toEqual(['of bob', 'old', '(middle)', 'new']);
  });

  it('says of none that it is spare where more is set aside than parked', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' }, { id: 'two' });
    const values = [...fixture.pool.list()].map(({ value }) => value);
    for (let count = 0; count < 2; count += 1) fixture.pool.reserve('ann');
    for (const value of values.slice(1)) fixture.pool.retire(value, 'revoked');
    expect(fixture.listed()).toEqual(['(one)']);
  });
});
