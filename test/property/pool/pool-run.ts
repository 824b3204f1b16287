import { expect } from 'vitest';
import { assertNever } from '../../../src/base/assert-never.ts';
import { type Grant, Pool, type PoolLimits } from '../../../src/pool/pool.ts';
import { CheckoutTimeoutError, PoolClosedError } from '../../../src/pool/pool-errors.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import type { Action } from './pool-actions.ts';
import { type Connection, Handouts, type Reason } from './pool-handouts.ts';
import { PoolModel } from './pool-model.ts';

/** Plays a history on a pool and on the model side by side, and compares them after every step. */
export class PoolRun {
  readonly #clock = new FakeClock();
  readonly #pool: Pool<Connection, Reason>;
  readonly #model: PoolModel;
  readonly #seen = new Handouts();
  #acquires = 0;

  constructor(limits: PoolLimits) {
    this.#model = new PoolModel(limits);
    this.#pool = new Pool(limits, this.#clock, {
      closed: (value, reason, key) => {
        expect(key).toBe(value.key);
        expect(value.seen, `${value.id} was closed before`).not.toBe('closed');
        this.#seen.close(value, reason);
      },
    });
  }

  async step(action: Action): Promise<void> {
    const openBefore = this.#seen.openByKey();
    this.#play(action);
    await settle();
    this.#compare(openBefore);
  }

  /** Shuts down, ends all that is open, and looks for anything left. */
  async end(): Promise<void> {
    await this.step({ name: 'shutdown' });
    while (this.#seen.permits.length > 0) await this.step({ name: 'giveUp', pick: 0 });
    while (this.#seen.reservations.length > 0) await this.step({ name: 'cancel', pick: 0 });
    while (this.#seen.leases.length > 0) {
      const name = this.#seen.leases.length % 2 === 0 ? 'park' : 'discard';
      await this.step({ name, pick: 0, variant: '' });
    }
    const snapshot = this.#pool.snapshot();
    expect(snapshot).toMatchObject({ connecting: 0, leased: 0, resetting: 0, parked: 0 });
    expect(snapshot).toMatchObject({ reserved: 0, waiting: 0, keys: 0 });
    expect(this.#clock.pending).toBe(0);
    expect(this.#seen.values.map(({ seen }) => seen)).toEqual(this.#seen.values.map(() => 'closed'));
    expect(snapshot.created).toBe(this.#seen.values.length);
  }

  #play(action: Action): void {
    const { name } = action;
    switch (name) {
      case 'reserve':
        this.#reserve(action.key);
        break;
      case 'acquire':
        this.#acquire(action);
        break;
      case 'abort':
        this.#abort(action.pick);
        break;
      case 'fulfil':
        this.#fulfil(action.pick);
        break;
      case 'giveUp':
        this.#giveUp(action.pick);
        break;
      case 'claim':
        this.#claim(action.pick, action.variant);
        break;
      case 'cancel':
        this.#cancel(action.pick);
        break;
      case 'beginReset':
        this.#beginReset(action.pick);
        break;
      case 'park':
        this.#park(action.pick, action.variant);
        break;
      case 'discard':
        this.#discard(action.pick);
        break;
      case 'retire':
        this.#retire(action.pick);
        break;
      case 'retireWhere':
        this.#retireWhere(action.key, action.variant);
        break;
      case 'advance':
        this.#model.advance(action.ms);
        this.#clock.advance(action.ms);
        break;
      case 'sweep':
        this.#model.sweep();
        this.#pool.sweep();
        break;
      case 'setLimits':
        this.#model.setLimits(action.limits);
        this.#pool.setLimits(action.limits);
        break;
      case 'shutdown':
        this.#model.shutdown();
        this.#pool.shutdown();
        break;
      default:
        assertNever(name);
    }
  }

  #reserve(key: string): void {
    const reservation = this.#pool.reserve(key);
    expect(reservation !== undefined, 'reserve succeeds').toBe(this.#model.reserve(key));
    if (reservation !== undefined) this.#seen.reservations.push(reservation);
  }

  #acquire(asked: Extract<Action, { name: 'acquire' }>): void {
    const { key, accepts: variants, mustOpen } = asked;
    this.#acquires += 1;
    const id = this.#acquires;
    const abort = new AbortController();
    this.#seen.waiting.set(id, abort);
    const accepts = variants && { accepts: (variant: string) => variants.includes(variant) };
    const answer = (outcome: string) => {
      this.#seen.waiting.delete(id);
      this.#seen.news.push(`acquire ${id} ${outcome}`);
    };
    this.#pool.acquire(key, { signal: abort.signal, mustOpen, ...accepts }).then(
      (grant) => answer(this.#take(grant, asked)),
      (error: unknown) => answer(describeRefusal(error)),
    );
    this.#model.acquire(id, asked);
  }

  #take(grant: Grant<Connection, Reason>, { key, mustOpen }: Extract<Action, { name: 'acquire' }>): string {
    if (mustOpen && grant.kind !== 'permit') return `${grant.kind}, though a new one was needed`;
    if (grant.key !== key) return `${grant.kind} of ${grant.key}, not ${key}`;
    if (grant.kind === 'permit') this.#seen.permits.push(grant);
    else this.#seen.reservations.push(grant);
    return grant.kind;
  }

  #abort(pick: number): void {
    const chosen = choose([...this.#seen.waiting], pick);
    if (chosen === undefined) return;
    const [id, abort] = chosen;
    abort.abort('aborted');
    this.#model.abort(id);
  }

  #fulfil(pick: number): void {
    const permit = remove(this.#seen.permits, pick);
    if (permit === undefined) return;
    const value: Connection = { id: this.#seen.values.length, key: permit.key, seen: 'leased', variant: '' };
    this.#seen.values.push(value);
    const lease = permit.fulfil(value);
    expect(lease.value).toBe(value);
    expect(lease.key).toBe(permit.key);
    this.#seen.leases.push({ lease, model: this.#model.fulfil(permit.key, value.id) });
  }

  #giveUp(pick: number): void {
    const permit = remove(this.#seen.permits, pick);
    if (permit === undefined) return;
    permit.cancel();
    this.#model.giveUp(permit.key);
  }

  #claim(pick: number, variant: string): void {
    const reservation = choose(this.#seen.reservations, pick);
    if (reservation === undefined) return;
    const { key } = reservation;
    const newest = this.#model.parked.findLast((connection) => connection.key === key);
    expect(reservation.peek()?.id).toBe(newest?.id);
    const fitting = this.#model.parked.findLast((c) => c.key === key && c.variant === variant);
    expect(reservation.find((value) => value.variant === variant)?.id).toBe(fitting?.id);
    const lease = reservation.claim(variant);
    const model = this.#model.claim(key, variant);
    expect(lease?.value.id, 'claimed').toBe(model?.id);
    if (lease === undefined || model === undefined) return;
    expect(lease.value, 'the claimed value').toMatchObject({ key, variant, seen: 'parked' });
    lease.value.seen = 'leased';
    this.#seen.reused += 1;
    this.#seen.reservations.splice(this.#seen.reservations.indexOf(reservation), 1);
    this.#seen.leases.push({ lease, model });
  }

  #cancel(pick: number): void {
    const reservation = remove(this.#seen.reservations, pick);
    if (reservation === undefined) return;
    reservation.cancel();
    reservation.cancel();
    this.#model.cancel(reservation.key);
  }

  #beginReset(pick: number): void {
    const leased = this.#seen.leases.filter(({ model }) => model.state === 'leased');
    const chosen = choose(leased, pick);
    if (chosen === undefined) return;
    chosen.lease.beginReset();
    chosen.model.state = 'resetting';
  }

  #park(pick: number, variant: string): void {
    const chosen = remove(this.#seen.leases, pick);
    if (chosen === undefined) return;
    const { value } = chosen.lease;
    expect(value.seen).toBe('leased');
    value.seen = 'parked';
    value.variant = variant;
    chosen.lease.park(variant);
    this.#model.park(chosen.model, variant);
  }

  #discard(pick: number): void {
    const chosen = remove(this.#seen.leases, pick);
    if (chosen === undefined) return;
    expect(chosen.lease.value.seen).toBe('leased');
    chosen.lease.discard('discarded');
    this.#model.discard(chosen.model, 'discarded');
  }

  /** Of any value there ever was: it must work for the parked ones and for no other. */
  #retire(pick: number): void {
    const value = choose(this.#seen.values, pick);
    if (value === undefined) return;
    const isParked = value.seen === 'parked';
    expect(this.#pool.retire(value, 'retired')).toBe(isParked);
    if (isParked) this.#model.retireWhere(({ id }) => id === value.id, 'retired');
  }

  #retireWhere(key: string, variant: string): void {
    const retired = this.#pool.retireWhere(
      (ofKey, ofVariant, value) => ofKey === key && ofVariant === variant && value.key === key,
      'retired',
    );
    expect(retired).toBe(this.#model.retireWhere((c) => c.key === key && c.variant === variant, 'retired'));
  }

  /** One look at everything: what the pool says of itself, and what it was seen to do. */
  #compare(openBefore: ReadonlyMap<string, number>): void {
    const seen = this.#seen;
    const model = this.#model;
    expect({
      snapshot: this.#pool.snapshot(),
      counts: seen.counts(),
      news: seen.takeNews(),
      listed: [...this.#pool.list()].map(({ value, isSpare }) => `${value.id} ${isSpare}`).sort(),
      beyondCaps: seen.beyondCaps(model.limits, openBefore),
    }).toEqual({
      snapshot: {
        ...model.snapshot(),
        created: seen.values.length,
        reused: seen.reused,
        closed: seen.closed,
      },
      counts: model.counts(),
      news: model.takeNews(),
      listed: model.listed(),
      beyondCaps: [],
    });
    if (model.servable() !== undefined) expect.fail('somebody waits who could be served');
  }
}

/** Lets every promise that can settle do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function choose<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % items.length];
}

function remove<T>(items: T[], pick: number): T | undefined {
  return items.splice(pick % items.length, 1)[0];
}

/** The word by which the model knows a refusal. */
function describeRefusal(error: unknown): string {
  if (error instanceof CheckoutTimeoutError) return error.reply.code;
  return error instanceof PoolClosedError ? error.code : String(error);
}
