import { expect } from 'vitest';
import { assertNever } from '../../../src/base/assert-never.ts';
import type { Lease } from '../../../src/pool/lease.ts';
import type { Permit } from '../../../src/pool/permit.ts';
import { type Grant, Pool, type PoolLimits } from '../../../src/pool/pool.ts';
import { CheckoutTimeoutError, PoolClosedError } from '../../../src/pool/pool-errors.ts';
import type { Reservation } from '../../../src/pool/reservation.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import type { Action } from './pool-actions.ts';
import { type ModelConnection, PoolModel } from './pool-model.ts';

interface Connection {
  readonly id: number;
  readonly key: string;
  /** Where this connection was seen last, kept without asking the pool or the model. */
  seen: 'leased' | 'parked' | 'closed';
  variant: string;
}

type Reason = 'discarded' | 'retired';

interface OpenLease {
  readonly lease: Lease<Connection, Reason>;
  readonly model: ModelConnection;
}

/** Plays a history on a pool and on the model side by side, and compares them after every step. */
export class PoolRun {
  readonly #clock = new FakeClock();
  readonly #pool: Pool<Connection, Reason>;
  readonly #model: PoolModel;
  readonly #values: Connection[] = [];
  readonly #waiting = new Map<number, AbortController>();
  readonly #closed: Partial<Record<string, number>> = {};
  #news: string[] = [];
  readonly #permits: Permit<Connection, Reason>[] = [];
  readonly #reservations: Reservation<Connection, Reason>[] = [];
  readonly #leases: OpenLease[] = [];
  #acquires = 0;
  #reused = 0;

  constructor(limits: PoolLimits) {
    this.#model = new PoolModel(limits);
    this.#pool = new Pool(limits, this.#clock, {
      closed: (value, reason, key) => {
        expect(key).toBe(value.key);
        expect(value.seen, `${value.id} was closed before`).not.toBe('closed');
        value.seen = 'closed';
        this.#closed[reason] = (this.#closed[reason] ?? 0) + 1;
        this.#news.push(`closed ${value.id} ${reason}`);
      },
    });
  }

  async step(action: Action): Promise<void> {
    const openBefore = this.#openByKey();
    this.#play(action);
    await settle();
    this.#compare(openBefore);
  }

  /** Shuts down, ends all that is open, and looks for anything left. */
  async end(): Promise<void> {
    await this.step({ name: 'shutdown' });
    while (this.#permits.length > 0) await this.step({ name: 'giveUp', pick: 0 });
    while (this.#reservations.length > 0) await this.step({ name: 'cancel', pick: 0 });
    while (this.#leases.length > 0) {
      const name = this.#leases.length % 2 === 0 ? 'park' : 'discard';
      await this.step({ name, pick: 0, variant: '' });
    }
    const snapshot = this.#pool.snapshot();
    expect(snapshot).toMatchObject({ connecting: 0, leased: 0, resetting: 0, parked: 0 });
    expect(snapshot).toMatchObject({ reserved: 0, waiting: 0, keys: 0 });
    expect(this.#clock.pending).toBe(0);
    expect(this.#values.map(({ seen }) => seen)).toEqual(this.#values.map(() => 'closed'));
    expect(snapshot.created).toBe(this.#values.length);
  }

  #play(action: Action): void {
    const { name } = action;
    switch (name) {
      case 'reserve':
        this.#reserve(action.key);
        break;
      case 'acquire':
        this.#acquire(action.key, action.accepts);
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
    if (reservation !== undefined) this.#reservations.push(reservation);
  }

  #acquire(key: string, variants: readonly string[] | undefined): void {
    this.#acquires += 1;
    const id = this.#acquires;
    const abort = new AbortController();
    this.#waiting.set(id, abort);
    const accepts = variants && { accepts: (variant: string) => variants.includes(variant) };
    const answer = (outcome: string) => {
      this.#waiting.delete(id);
      this.#news.push(`acquire ${id} ${outcome}`);
    };
    this.#pool.acquire(key, { signal: abort.signal, ...accepts }).then(
      (grant) => answer(this.#take(grant, key)),
      (error: unknown) => answer(describeRefusal(error)),
    );
    this.#model.acquire(id, key, variants);
  }

  #take(grant: Grant<Connection, Reason>, key: string): string {
    if (grant.key !== key) return `${grant.kind} of ${grant.key}, not ${key}`;
    if (grant.kind === 'permit') this.#permits.push(grant);
    else this.#reservations.push(grant);
    return grant.kind;
  }

  #abort(pick: number): void {
    const chosen = choose([...this.#waiting], pick);
    if (chosen === undefined) return;
    const [id, abort] = chosen;
    abort.abort('aborted');
    this.#model.abort(id);
  }

  #fulfil(pick: number): void {
    const permit = remove(this.#permits, pick);
    if (permit === undefined) return;
    const value: Connection = { id: this.#values.length, key: permit.key, seen: 'leased', variant: '' };
    this.#values.push(value);
    const lease = permit.fulfil(value);
    expect(lease.value).toBe(value);
    expect(lease.key).toBe(permit.key);
    this.#leases.push({ lease, model: this.#model.fulfil(permit.key, value.id) });
  }

  #giveUp(pick: number): void {
    const permit = remove(this.#permits, pick);
    if (permit === undefined) return;
    permit.cancel();
    this.#model.giveUp(permit.key);
  }

  #claim(pick: number, variant: string): void {
    const reservation = choose(this.#reservations, pick);
    if (reservation === undefined) return;
    const { key } = reservation;
    const newest = this.#model.parked.findLast((connection) => connection.key === key);
    expect(reservation.peek()?.id).toBe(newest?.id);
    const lease = reservation.claim(variant);
    const model = this.#model.claim(key, variant);
    expect(lease?.value.id, 'claimed').toBe(model?.id);
    if (lease === undefined || model === undefined) return;
    expect(lease.value, 'the claimed value').toMatchObject({ key, variant, seen: 'parked' });
    lease.value.seen = 'leased';
    this.#reused += 1;
    this.#reservations.splice(this.#reservations.indexOf(reservation), 1);
    this.#leases.push({ lease, model });
  }

  #cancel(pick: number): void {
    const reservation = remove(this.#reservations, pick);
    if (reservation === undefined) return;
    reservation.cancel();
    reservation.cancel();
    this.#model.cancel(reservation.key);
  }

  #beginReset(pick: number): void {
    const leased = this.#leases.filter(({ model }) => model.state === 'leased');
    const chosen = choose(leased, pick);
    if (chosen === undefined) return;
    chosen.lease.beginReset();
    chosen.model.state = 'resetting';
  }

  #park(pick: number, variant: string): void {
    const chosen = remove(this.#leases, pick);
    if (chosen === undefined) return;
    const { value } = chosen.lease;
    expect(value.seen).toBe('leased');
    value.seen = 'parked';
    value.variant = variant;
    chosen.lease.park(variant);
    this.#model.park(chosen.model, variant);
  }

  #discard(pick: number): void {
    const chosen = remove(this.#leases, pick);
    if (chosen === undefined) return;
    expect(chosen.lease.value.seen).toBe('leased');
    chosen.lease.discard('discarded');
    this.#model.discard(chosen.model, 'discarded');
  }

  /** Of any value there ever was: it must work for the parked ones and for no other. */
  #retire(pick: number): void {
    const value = choose(this.#values, pick);
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
    const inReset = this.#leases.filter(({ model }) => model.state === 'resetting').length;
    const seen = {
      snapshot: this.#pool.snapshot(),
      permits: this.#permits.length,
      leases: this.#leases.length - inReset,
      parked: this.#values.filter((value) => value.seen === 'parked').length,
      reservations: this.#reservations.length,
      waiting: this.#waiting.size,
      news: this.#news.toSorted(),
      beyondCaps: this.#beyondCaps(openBefore),
    };
    const model = this.#model;
    const expected = {
      snapshot: {
        ...model.snapshot(),
        created: this.#values.length,
        reused: this.#reused,
        closed: this.#closed,
      },
      permits: model.count('connecting'),
      leases: model.count('leased'),
      parked: model.count('parked'),
      reservations: model.reservations.length,
      waiting: model.waiters.length,
      news: model.news.toSorted(),
      beyondCaps: [],
    };
    expect(seen).toEqual(expected);
    if (model.servable() !== undefined) expect.fail('somebody waits who could be served');
    this.#news = [];
    model.news = [];
  }

  /** Lower limits close nothing that is in use: a cap may stay exceeded then, but by no more than before. */
  #beyondCaps(openBefore: ReadonlyMap<string, number>): string[] {
    const { maxTotal, maxPerKey } = this.#model.limits;
    const open = this.#openByKey();
    const beyond = [...open.keys()].filter(
      (key) => maxPerKey > 0 && (open.get(key) ?? 0) > Math.max(maxPerKey, openBefore.get(key) ?? 0),
    );
    if (sum(open) > Math.max(maxTotal, sum(openBefore))) beyond.push('total');
    return beyond;
  }

  #openByKey(): Map<string, number> {
    const parked = this.#values.filter(({ seen }) => seen === 'parked');
    const open = new Map<string, number>();
    for (const { key } of [...this.#permits, ...this.#leases.map(({ lease }) => lease), ...parked]) {
      open.set(key, (open.get(key) ?? 0) + 1);
    }
    return open;
  }
}

/** Lets every promise that can settle do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
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
