import type { Lease } from '../../../src/pool/lease.ts';
import type { Permit } from '../../../src/pool/permit.ts';
import type { PoolLimits } from '../../../src/pool/pool.ts';
import type { Reservation } from '../../../src/pool/reservation.ts';
import type { ModelConnection } from './pool-model.ts';

export interface Connection {
  readonly id: number;
  readonly key: string;
  /** Where this connection was seen last, kept without asking the pool or the model. */
  seen: 'leased' | 'parked' | 'closed';
  variant: string;
}

export type Reason = 'discarded' | 'retired';

/** What a pool was seen to hand out and to close: the pool from outside. */
export class Handouts {
  /** Every value there ever was. */
  readonly values: Connection[] = [];
  readonly waiting: Map<number, AbortController> = new Map();
  readonly permits: Permit<Connection, Reason>[] = [];
  readonly reservations: Reservation<Connection, Reason>[] = [];
  readonly leases: { readonly lease: Lease<Connection, Reason>; readonly model: ModelConnection }[] = [];
  readonly closed: Partial<Record<string, number>> = {};
  reused = 0;
  news: string[] = [];

  close(value: Connection, reason: string): void {
    value.seen = 'closed';
    this.closed[reason] = (this.closed[reason] ?? 0) + 1;
    this.news.push(`closed ${value.id} ${reason}`);
  }

  /** What happened since the last call, in no particular order. */
  takeNews(): string[] {
    const news = this.news.sort();
    this.news = [];
    return news;
  }

  counts(): Record<string, number> {
    const resetting = this.leases.filter(({ model }) => model.state === 'resetting').length;
    return {
      connecting: this.permits.length,
      leased: this.leases.length - resetting,
      resetting,
      parked: this.#parked().length,
      reserved: this.reservations.length,
      waiting: this.waiting.size,
    };
  }

  openByKey(): Map<string, number> {
    const open = new Map<string, number>();
    for (const { key } of [...this.permits, ...this.leases.map(({ lease }) => lease), ...this.#parked()]) {
      open.set(key, (open.get(key) ?? 0) + 1);
    }
    return open;
  }

  /**
   * The keys that have more connections than they may. Lower limits close nothing that is in use: a
   * cap may stay exceeded then, but by no more than before.
   */
  beyondCaps({ maxTotal, maxPerKey }: PoolLimits, openBefore: ReadonlyMap<string, number>): string[] {
    const open = this.openByKey();
    const beyond = [...open.keys()].filter(
      (key) => maxPerKey > 0 && (open.get(key) ?? 0) > Math.max(maxPerKey, openBefore.get(key) ?? 0),
    );
    if (sum(open) > Math.max(maxTotal, sum(openBefore))) beyond.push('total');
    return beyond;
  }

  #parked(): Connection[] {
    return this.values.filter(({ seen }) => seen === 'parked');
  }
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
