import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConnectionState, Counters } from '../../../src/observe/counters.ts';

/** What may come after each state, as the pool moves connections. */
const NEXT: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  new: ['connecting'],
  connecting: ['leased', 'closed'],
  leased: ['resetting', 'parked', 'closed'],
  resetting: ['parked', 'closed'],
  parked: ['leased', 'closed'],
  closed: [],
};

/** Numbers pick a client, a connection and its next state from those there are. */
const step = fc.oneof(
  fc.constant({ name: 'arrive' } as const),
  fc.constant({ name: 'leave' } as const),
  fc.constant({ name: 'open' } as const),
  fc.record({ name: fc.constant('move' as const), connection: fc.nat(), next: fc.nat() }),
  fc.constant({ name: 'fail reuse' } as const),
  fc.record({ name: fc.constant('login' as const), isReused: fc.boolean() }),
);
const reset = fc.constant({ name: 'reset' } as const);
const history = fc.array(fc.oneof({ arbitrary: step, weight: 30 }, { arbitrary: reset, weight: 1 }), {
  maxLength: 300,
  size: 'max',
});

type Step = typeof history extends fc.Arbitrary<(infer S)[]> ? S : never;

/** Keeps the whole story, and counts it anew each time it is asked. */
class Model {
  readonly connections: ConnectionState[] = [];
  clients = 0;
  totals = { clientsAccepted: 0, logins: 0, connectionsReused: 0, connectionsCreated: 0 };
  peaks = { clientsPeak: 0, connectionsInUsePeak: 0, connectionsParkedPeak: 0 };

  get present() {
    return {
      clientsNow: this.clients,
      connectionsInUse: this.#count('leased') + this.#count('resetting'),
      connectionsParked: this.#count('parked'),
    };
  }

  /** After a step: a number that has risen may be the highest so far. */
  notePeaks(before: Model['present']): void {
    const { clientsNow, connectionsInUse, connectionsParked } = this.present;
    const { clientsPeak, connectionsInUsePeak, connectionsParkedPeak } = this.peaks;
    if (clientsNow > before.clientsNow) this.peaks.clientsPeak = Math.max(clientsPeak, clientsNow);
    if (connectionsInUse > before.connectionsInUse)
      this.peaks.connectionsInUsePeak = Math.max(connectionsInUsePeak, connectionsInUse);
    if (connectionsParked > before.connectionsParked)
      this.peaks.connectionsParkedPeak = Math.max(connectionsParkedPeak, connectionsParked);
  }

  #count(state: ConnectionState): number {
    return this.connections.filter((candidate) => candidate === state).length;
  }
}

function take(action: Step, counters: Counters, model: Model): void {
  switch (action.name) {
    case 'arrive':
      counters.clientArrived();
      model.clients += 1;
      model.totals.clientsAccepted += 1;
      return;
    case 'leave':
      if (model.clients === 0) return;
      counters.clientLeft();
      model.clients -= 1;
      return;
    case 'open':
      counters.connectionMoved('new', 'connecting');
      model.connections.push('connecting');
      return;
    case 'move': {
      const index = action.connection % model.connections.length;
      const from = model.connections[index];
      if (from === undefined) return;
      const to = NEXT[from][action.next % NEXT[from].length];
      if (to === undefined) return;
      counters.connectionMoved(from, to);
      model.connections[index] = to;
      if (from === 'connecting' && to === 'leased') model.totals.connectionsCreated += 1;
      return;
    }
    case 'login':
      counters.logins += 1;
      model.totals.logins += 1;
      if (!action.isReused) return;
      counters.loginsReused += 1;
      model.totals.connectionsReused += 1;
      return;
    case 'fail reuse':
      counters.reuseFailed();
      model.totals.connectionsReused = Math.max(model.totals.connectionsReused - 1, 0);
      return;
    case 'reset':
      counters.reset();
      model.totals = { clientsAccepted: 0, logins: 0, connectionsReused: 0, connectionsCreated: 0 };
      model.peaks = { clientsPeak: 0, connectionsInUsePeak: 0, connectionsParkedPeak: 0 };
  }
}

describe('Counters', () => {
  it('agrees with a count of everything after each step of random histories, and is never negative', () => {
    fc.assert(
      fc.property(history, (actions) => {
        const counters = new Counters();
        const model = new Model();
        for (const action of actions) {
          const before = model.present;
          take(action, counters, model);
          model.notePeaks(before);
          const { startTime, countTime, ...numbers } = counters.read();
          expect(numbers).toMatchObject({ ...model.present, ...model.peaks, ...model.totals });
          expect(Math.min(...Object.values(numbers))).toBeGreaterThanOrEqual(0);
          expect(countTime.getTime()).toBeGreaterThanOrEqual(startTime.getTime());
        }
      }),
      { numRuns: 300 },
    );
  });
});
