import type { PoolLimits } from '../../../src/pool/pool.ts';
import type { PoolSnapshot } from '../../../src/pool/pool-snapshot.ts';

/** A connection of the model; one that is being opened has no id yet. */
export interface ModelConnection {
  readonly key: string;
  id: number | undefined;
  state: 'connecting' | 'leased' | 'resetting' | 'parked';
  variant: string;
  parkedAtMs: number;
}

export interface ModelWaiter {
  readonly id: number;
  readonly key: string;
  readonly accepts: readonly string[] | undefined;
  /** Nothing that was parked will do. */
  readonly mustOpen: boolean;
  readonly sinceMs: number;
  awaitsReturn: boolean;
  dueMs: number;
  /** Decides between two who are due together. */
  alarmOrder: number;
}

/**
 * The rules of the pool, written down once more with plain arrays that are searched and counted
 * anew for every question: slow, without any state that could disagree with another.
 */
export class PoolModel {
  limits: PoolLimits;
  nowMs = 0;
  isShutDown = false;
  connections: ModelConnection[] = [];
  /** Least recently parked first. */
  parked: ModelConnection[] = [];
  /** Keys of the open reservations. */
  readonly reservations: string[] = [];
  /** Oldest first. */
  waiters: ModelWaiter[] = [];
  /** `closed <id> <reason>` and `acquire <id> <outcome>`. */
  #news: string[] = [];
  readonly #waitsMs: number[] = [];
  #alarms = 0;

  constructor(limits: PoolLimits) {
    this.limits = limits;
  }

  reserve(key: string): boolean {
    if (this.spare(key) === 0) return false;
    this.reservations.push(key);
    return true;
  }

  acquire(id: number, { key, accepts, mustOpen }: Pick<ModelWaiter, 'key' | 'accepts' | 'mustOpen'>): void {
    const asked = { id, key, accepts, mustOpen, sinceMs: this.nowMs };
    const waiter = { ...asked, awaitsReturn: false, dueMs: 0, alarmOrder: 0 };
    if (this.isShutDown) {
      this.#answer(waiter, 'POOL_CLOSED');
      return;
    }
    const isReturnFree = this.count(key, 'resetting') > this.waiters.filter((w) => w.key === key).length;
    waiter.awaitsReturn = !mustOpen && isReturnFree && this.limits.returnWaitMs > 0;
    if (this.#fits(waiter) || (!waiter.awaitsReturn && this.#hasRoom(key))) {
      this.#serve(waiter);
      return;
    }
    this.#setAlarm(waiter, waiter.awaitsReturn ? this.limits.returnWaitMs : this.limits.maxWaitMs);
    this.waiters.push(waiter);
  }

  abort(id: number): void {
    const waiter = this.waiters.find((w) => w.id === id);
    if (waiter === undefined) throw new Error(`Cannot abort: ${id} does not wait in the model`);
    this.#answer(waiter, 'aborted');
  }

  fulfil(key: string, id: number): ModelConnection {
    const connection = this.connections.find((c) => c.key === key && c.state === 'connecting');
    if (connection === undefined) throw new Error(`Cannot fulfil: no permit of ${key} in the model`);
    connection.id = id;
    connection.state = 'leased';
    return connection;
  }

  giveUp(key: string): void {
    const index = this.connections.findIndex((c) => c.key === key && c.state === 'connecting');
    this.connections.splice(index, 1);
    this.#serveAll();
  }

  claim(key: string, variant: string): ModelConnection | undefined {
    const connection = this.parked.findLast((c) => c.key === key && c.variant === variant);
    if (connection === undefined) return undefined;
    connection.state = 'leased';
    this.parked = this.parked.filter((c) => c !== connection);
    this.reservations.splice(this.reservations.indexOf(key), 1);
    return connection;
  }

  cancel(key: string): void {
    this.reservations.splice(this.reservations.indexOf(key), 1);
    this.#becameSpare(key);
  }

  park(connection: ModelConnection, variant: string): void {
    if (this.isShutDown) {
      this.#close(connection, 'shutdown');
      return;
    }
    connection.state = 'parked';
    connection.variant = variant;
    connection.parkedAtMs = this.nowMs;
    this.parked.push(connection);
    this.#becameSpare(connection.key);
  }

  discard(connection: ModelConnection, reason: string): void {
    this.#close(connection, reason);
    this.#serveAll();
  }

  retireWhere(matches: (connection: ModelConnection) => boolean, reason: string): number {
    const retired = this.parked.filter(matches);
    for (const connection of retired) this.#close(connection, reason);
    this.#serveAll();
    return retired.length;
  }

  sweep(): void {
    for (const connection of [...this.parked]) {
      const isOld = this.nowMs - connection.parkedAtMs > this.limits.maxParkedMs;
      if (isOld && this.spare(connection.key) > 0) this.#close(connection, 'idle');
    }
    this.#serveAll();
  }

  setLimits(limits: PoolLimits): void {
    this.limits = limits;
    for (const key of new Set(this.parked.map((connection) => connection.key))) this.#trimKey(key);
    this.#trimTotal();
    this.#serveAll();
  }

  shutdown(): void {
    this.isShutDown = true;
    for (const waiter of this.waiters) this.#answer(waiter, 'POOL_CLOSED');
    for (const connection of [...this.parked]) this.#close(connection, 'shutdown');
  }

  advance(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const due = this.waiters.filter((waiter) => waiter.dueMs <= endMs);
      const [next] = due.sort((a, b) => a.dueMs - b.dueMs || a.alarmOrder - b.alarmOrder);
      if (next === undefined) break;
      this.nowMs = next.dueMs;
      this.#ring(next);
    }
    this.nowMs = endMs;
  }

  /** What happened since the last call, in no particular order. */
  takeNews(): string[] {
    const news = this.#news.sort();
    this.#news = [];
    return news;
  }

  counts(): Pick<PoolSnapshot, 'connecting' | 'leased' | 'resetting' | 'parked' | 'reserved' | 'waiting'> {
    const inState = (state: ModelConnection['state']) =>
      this.connections.filter((connection) => connection.state === state).length;
    return {
      connecting: inState('connecting'),
      leased: inState('leased'),
      resetting: inState('resetting'),
      parked: inState('parked'),
      reserved: this.reservations.length,
      waiting: this.waiters.length,
    };
  }

  /** The part of a snapshot that follows from the rules. */
  snapshot(): Omit<PoolSnapshot, 'created' | 'reused' | 'closed'> {
    const keys = [...this.connections, ...this.waiters].map(({ key }) => key);
    return {
      ...this.counts(),
      keys: new Set([...keys, ...this.reservations]).size,
      waits: this.#waitsMs.length,
      waitedMs: this.#waitsMs.reduce((sum, ms) => sum + ms, 0),
      longestWaitMs: Math.max(0, ...this.#waitsMs),
    };
  }

  /** `<id> <whether it is spare>` of every connection that is open: those set aside are the youngest of their key. */
  listed(): string[] {
    const opened = this.connections.filter(({ id }) => id !== undefined);
    const isSpare = (connection: ModelConnection): boolean => {
      const parked = this.parked.filter(({ key }) => key === connection.key);
      return parked.slice(0, this.spare(connection.key)).includes(connection);
    };
    return opened.map((connection) => `${connection.id} ${isSpare(connection)}`).sort();
  }

  /** Whoever could be served as things stand; the pool's promise is that it is nobody. */
  servable(): ModelWaiter | undefined {
    return this.waiters.find(
      (waiter) => this.#fits(waiter) || (this.#mayOpen(waiter) && this.#hasRoom(waiter.key)),
    );
  }

  count(key: string, state: ModelConnection['state']): number {
    return this.connections.filter((c) => c.key === key && c.state === state).length;
  }

  open(key: string): number {
    return this.connections.filter((c) => c.key === key).length;
  }

  spare(key: string): number {
    const reserved = this.reservations.filter((reservedKey) => reservedKey === key).length;
    return Math.max(0, this.count(key, 'parked') - reserved);
  }

  #ring(waiter: ModelWaiter): void {
    if (!waiter.awaitsReturn) {
      const { maxPerKey } = this.limits;
      const isKeyFull = maxPerKey > 0 && this.open(waiter.key) >= maxPerKey;
      this.#answer(waiter, isKeyFull ? 'LIMIT' : 'UNAVAILABLE');
      return;
    }
    waiter.awaitsReturn = false;
    this.#serveAll();
    this.#setAlarm(waiter, this.limits.maxWaitMs);
  }

  #setAlarm(waiter: ModelWaiter, delayMs: number): void {
    this.#alarms += 1;
    waiter.alarmOrder = this.#alarms;
    waiter.dueMs = this.nowMs + delayMs;
  }

  #becameSpare(key: string): void {
    for (const waiter of [...this.waiters]) {
      if (waiter.key === key && this.#fits(waiter)) this.#serve(waiter);
    }
    this.#trimKey(key);
    this.#trimTotal();
    this.#serveAll();
  }

  #serveAll(): void {
    for (let next = this.servable(); next !== undefined; next = this.servable()) this.#serve(next);
  }

  #serve(waiter: ModelWaiter): void {
    if (this.#fits(waiter)) {
      this.reservations.push(waiter.key);
      this.#answer(waiter, 'reservation');
      return;
    }
    const { key } = waiter;
    if (this.#isKeyFull(key)) this.#evict((c) => c.key === key);
    if (this.connections.length >= this.limits.maxTotal) this.#evict(() => true);
    this.connections.push({ key, id: undefined, state: 'connecting', variant: '', parkedAtMs: 0 });
    this.#answer(waiter, 'permit');
  }

  #fits({ key, accepts, mustOpen }: ModelWaiter): boolean {
    if (mustOpen) return false;
    const isFit = (c: ModelConnection) => c.key === key && (accepts?.includes(c.variant) ?? true);
    return this.spare(key) > 0 && this.parked.some(isFit);
  }

  #mayOpen(waiter: ModelWaiter): boolean {
    const waiting = this.waiters.filter((w) => w.key === waiter.key).length;
    return !waiter.awaitsReturn || waiting > this.count(waiter.key, 'resetting');
  }

  #hasRoom(key: string): boolean {
    if (this.#isKeyFull(key) && this.spare(key) === 0) return false;
    return this.connections.length < this.limits.maxTotal || this.#isAnySpare();
  }

  #isKeyFull(key: string): boolean {
    return this.limits.maxPerKey > 0 && this.open(key) >= this.limits.maxPerKey;
  }

  #isAnySpare(): boolean {
    return this.parked.some((connection) => this.spare(connection.key) > 0);
  }

  #trimKey(key: string): void {
    const { maxParkedPerKey, maxPerKey } = this.limits;
    while (this.count(key, 'parked') > maxParkedPerKey && this.spare(key) > 0) {
      this.#evict((c) => c.key === key, 'surplus');
    }
    while (maxPerKey > 0 && this.open(key) > maxPerKey && this.spare(key) > 0) {
      this.#evict((c) => c.key === key);
    }
  }

  #trimTotal(): void {
    while (this.connections.length > this.limits.maxTotal && this.#isAnySpare()) this.#evict(() => true);
  }

  /** Closes the least recently parked spare connection among the candidates. */
  #evict(isCandidate: (connection: ModelConnection) => boolean, reason = 'evicted'): void {
    const victim = this.parked.find((c) => isCandidate(c) && this.spare(c.key) > 0);
    if (victim === undefined) throw new Error('Cannot evict: nothing is spare in the model');
    this.#close(victim, reason);
  }

  #close(connection: ModelConnection, reason: string): void {
    this.connections = this.connections.filter((c) => c !== connection);
    this.parked = this.parked.filter((c) => c !== connection);
    this.#news.push(`closed ${connection.id} ${reason}`);
  }

  #answer(waiter: ModelWaiter, outcome: string): void {
    this.#news.push(`acquire ${waiter.id} ${outcome}`);
    if (!this.waiters.includes(waiter)) return;
    this.waiters = this.waiters.filter((w) => w !== waiter);
    this.#waitsMs.push(this.nowMs - waiter.sinceMs);
  }
}
