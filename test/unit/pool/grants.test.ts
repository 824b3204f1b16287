import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/base/errors.ts';
import { KeyGroup } from '../../../src/pool/key-group.ts';
import { PoolEntry } from '../../../src/pool/pool-entry.ts';
import { expectKind, PoolFixture } from './pool-fixture.ts';

describe('Lease', () => {
  it('carries its key and value and is open until it ends', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    expect([lease.key, lease.value.id, lease.isOpen]).toEqual(['ann', 'one', true]);
    lease.beginReset();
    expect(lease.isOpen).toBe(true);
    lease.park('');
    expect(lease.isOpen).toBe(false);
  });

  it('can be parked with and without a reset', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'without' });
    const lease = await fixture.open('ann', 'with');
    lease.beginReset();
    expect(fixture.pool.snapshot()).toMatchObject({ leased: 0, resetting: 1, parked: 1 });
    lease.park('');
    expect(fixture.pool.snapshot()).toMatchObject({ resetting: 0, parked: 2 });
  });

  it('can be discarded from a reset', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    lease.beginReset();
    lease.discard('broken');
    expect(fixture.closed).toEqual(['one broken']);
  });

  it.each(['park', 'discard'] as const)(
    'refuses everything after %s, and changes nothing',
    async (ending) => {
      const fixture = new PoolFixture();
      const lease = await fixture.open('ann', 'one');
      if (ending === 'park') lease.park('');
      else lease.discard('broken');
      const before = fixture.pool.snapshot();
      expect(() => lease.park('')).toThrow(InvariantError);
      expect(() => lease.discard('broken')).toThrow(InvariantError);
      expect(() => lease.beginReset()).toThrow(InvariantError);
      expect(fixture.pool.snapshot()).toEqual(before);
    },
  );

  it('of an earlier session has no hold on the connection that the next session leased', async () => {
    const fixture = new PoolFixture();
    const earlier = await fixture.open('ann', 'one');
    earlier.park('');
    const next = fixture.pool.reserve('ann')?.claim('');
    expect(next?.value.id).toBe('one');
    expect(() => earlier.discard('broken')).toThrow(InvariantError);
    expect(next?.isOpen).toBe(true);
    expect(fixture.closed).toEqual([]);
  });

  it('refuses a second beginReset and stays open', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    lease.beginReset();
    expect(() => lease.beginReset()).toThrow(InvariantError);
    lease.park('');
    expect(fixture.pool.snapshot()).toMatchObject({ parked: 1, resetting: 0 });
  });
});

describe('Permit', () => {
  it('counts as connecting until it is fulfilled', async () => {
    const fixture = new PoolFixture();
    const permit = await expectKind(fixture.acquire('ann'), 'permit');
    expect(permit.key).toBe('ann');
    expect(fixture.pool.snapshot()).toMatchObject({ connecting: 1, leased: 0, created: 0 });
    permit.fulfil({ id: 'one' });
    expect(fixture.pool.snapshot()).toMatchObject({ connecting: 0, leased: 1, created: 1 });
  });

  it('leaves nothing behind when it is cancelled, once or twice', async () => {
    const fixture = new PoolFixture();
    const permit = await expectKind(fixture.acquire('ann'), 'permit');
    permit.cancel();
    permit.cancel();
    expect(fixture.pool.snapshot()).toMatchObject({ connecting: 0, keys: 0, closed: {} });
    expect(() => permit.fulfil({ id: 'late' })).toThrow(InvariantError);
  });

  it('cannot be fulfilled twice, and cancel does nothing then', async () => {
    const fixture = new PoolFixture();
    const permit = await expectKind(fixture.acquire('ann'), 'permit');
    const lease = permit.fulfil({ id: 'one' });
    expect(() => permit.fulfil({ id: 'two' })).toThrow(InvariantError);
    permit.cancel();
    expect(lease.isOpen).toBe(true);
    expect(fixture.pool.snapshot()).toMatchObject({ leased: 1, created: 1 });
  });

  it('refuses a value that the pool holds already, and can still be used', async () => {
    const fixture = new PoolFixture();
    const { value } = await fixture.open('ann', 'one');
    const permit = await expectKind(fixture.acquire('bob'), 'permit');
    expect(() => permit.fulfil(value)).toThrow(InvariantError);
    expect(permit.fulfil({ id: 'two' }).key).toBe('bob');
  });

  it('takes a value that the pool has closed and forgotten', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    lease.discard('broken');
    const permit = await expectKind(fixture.acquire('ann'), 'permit');
    expect(permit.fulfil(lease.value).isOpen).toBe(true);
  });
});

describe('Reservation', () => {
  it('claims the most recently parked connection of exactly the asked variant', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'old' }, { id: 'new' }, { id: 'enabled', variant: 'E' });
    expect(fixture.pool.reserve('ann')?.claim('')?.value.id).toBe('new');
    expect(fixture.pool.reserve('ann')?.claim('E')?.value.id).toBe('enabled');
    expect(fixture.pool.reserve('ann')?.claim('')?.value.id).toBe('old');
    expect(fixture.pool.snapshot()).toMatchObject({ leased: 3, reserved: 0, reused: 3 });
  });

  it('stays open when no parked connection has the asked variant', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'enabled', variant: 'E' });
    const reservation = fixture.pool.reserve('ann');
    expect(reservation?.claim('')).toBeUndefined();
    expect(fixture.pool.snapshot()).toMatchObject({ reserved: 1, parked: 1 });
    expect(reservation?.claim('E')?.value.id).toBe('enabled');
  });

  it('shows the most recently parked value until it ends', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'old' }, { id: 'new' });
    const reservation = fixture.pool.reserve('ann');
    expect(reservation?.peek()).toEqual({ id: 'new' });
    reservation?.cancel();
    expect(reservation?.peek()).toBeUndefined();
  });

  it('finds the most recently parked value that passes, of its key only, and changes nothing', async () => {
    const fixture = new PoolFixture();
    await fixture.park('bob', { id: 'one of bob' });
    await fixture.park('ann', { id: 'one, old' }, { id: 'one, new' }, { id: 'two' });
    const reservation = fixture.pool.reserve('ann');
    expect(reservation?.find(({ id }) => id.startsWith('one'))).toEqual({ id: 'one, new' });
    expect(reservation?.find(() => false)).toBeUndefined();
    expect(fixture.pool.snapshot()).toMatchObject({ parked: 4, reserved: 1, leased: 0 });
    reservation?.cancel();
    expect(reservation?.find(() => true)).toBeUndefined();
  });

  it('looks at values from the youngest on, and at none behind the one that passes', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'old' }, { id: 'middle' }, { id: 'new' });
    const looked: string[] = [];
    fixture.pool.reserve('ann')?.find(({ id }) => looked.push(id) === 2);
    expect(looked).toEqual(['new', 'middle']);
  });

  it('gives nothing when the owner has retired what it counted on', async () => {
    const fixture = new PoolFixture();
    const lease = await fixture.open('ann', 'one');
    lease.park('');
    const reservation = fixture.pool.reserve('ann');
    expect(fixture.pool.retire(lease.value, 'revoked')).toBe(true);
    expect(reservation?.peek()).toBeUndefined();
    expect(reservation?.claim('')).toBeUndefined();
    reservation?.cancel();
    expect(fixture.pool.snapshot()).toMatchObject({ reserved: 0, keys: 0 });
  });

  it('is over after a claim: no second one, and cancel does nothing', async () => {
    const fixture = new PoolFixture();
    await fixture.park('ann', { id: 'one' }, { id: 'two' });
    const reservation = fixture.pool.reserve('ann');
    reservation?.claim('');
    expect(() => reservation?.claim('')).toThrow(InvariantError);
    reservation?.cancel();
    reservation?.cancel();
    expect(fixture.pool.snapshot()).toMatchObject({ leased: 1, parked: 1, reserved: 0 });
  });
});

describe('PoolEntry', () => {
  it('refuses a move that no connection makes', () => {
    const entry = new PoolEntry(new KeyGroup('ann'));
    expect(() => entry.enter('parked')).toThrow('bug: pool entry cannot move from new to parked');
    entry.enter('connecting');
    expect(() => entry.enter('resetting')).toThrow(InvariantError);
    expect(entry.state).toBe('connecting');
  });

  it('has no value before the connection is open', () => {
    const entry = new PoolEntry(new KeyGroup('ann'));
    expect(() => entry.value).toThrow(InvariantError);
  });
});
