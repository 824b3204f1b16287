import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/base/errors.ts';
import { type ConnectionState, Counters } from '../../../src/observe/counters.ts';

/** Follows one connection through `states`. */
function move(counters: Counters, ...states: ConnectionState[]): void {
  states.slice(1).forEach((to, index) => {
    counters.connectionMoved(states[index] ?? 'new', to);
  });
}

describe('Counters', () => {
  it('begins with nothing, and with the time of its making', () => {
    const now = new Date('2026-11-22T20:55:09Z');
    expect(new Counters(() => now).read()).toEqual({
      startTime: now,
      countTime: now,
      clientsNow: 0,
      clientsPeak: 0,
      connectionsInUse: 0,
      connectionsInUsePeak: 0,
      connectionsParked: 0,
      connectionsParkedPeak: 0,
      clientsAccepted: 0,
      logins: 0,
      connectionsCreated: 0,
      connectionsReused: 0,
      selects: 0,
      selectHits: 0,
      selectMisses: 0,
    });
  });

  it('counts clients that come and go', () => {
    const counters = new Counters();
    counters.clientArrived();
    counters.clientArrived();
    counters.clientLeft();
    counters.clientArrived();
    counters.clientLeft();
    expect(counters.read()).toMatchObject({ clientsNow: 1, clientsPeak: 2, clientsAccepted: 3 });
    expect(counters.clientsNow).toBe(1);
  });

  it('takes a connection for created when its login has succeeded, and for in use from then on', () => {
    const counters = new Counters();
    move(counters, 'new', 'connecting');
    expect(counters.read()).toMatchObject({ connectionsCreated: 0, connectionsInUse: 0 });
    move(counters, 'connecting', 'leased');
    expect(counters.read()).toMatchObject({ connectionsCreated: 1, connectionsInUse: 1 });
  });

  it('does not count a connection that never came about', () => {
    const counters = new Counters();
    move(counters, 'new', 'connecting', 'closed');
    expect(counters.read()).toMatchObject({
      connectionsCreated: 0,
      connectionsInUse: 0,
      connectionsInUsePeak: 0,
    });
  });

  it('takes a connection for in use until its reset is over', () => {
    const counters = new Counters();
    move(counters, 'new', 'connecting', 'leased', 'resetting');
    expect(counters.read()).toMatchObject({ connectionsInUse: 1, connectionsParked: 0 });
    move(counters, 'resetting', 'parked');
    expect(counters.read()).toMatchObject({ connectionsInUse: 0, connectionsParked: 1 });
    move(counters, 'parked', 'leased');
    expect(counters.read()).toMatchObject({
      connectionsCreated: 1,
      connectionsInUse: 1,
      connectionsInUsePeak: 1,
      connectionsParked: 0,
      connectionsParkedPeak: 1,
    });
  });

  it.each<[ConnectionState[]]>([
    [['connecting', 'leased', 'closed']],
    [['connecting', 'leased', 'resetting', 'closed']],
    [['connecting', 'leased', 'parked', 'closed']],
  ])('has nothing left after %j', (states) => {
    const counters = new Counters();
    move(counters, 'new', ...states);
    expect(counters.read()).toMatchObject({ connectionsInUse: 0, connectionsParked: 0 });
  });

  it('shows what the SELECT cache and the sessions count', () => {
    const counters = new Counters();
    counters.logins += 3;
    counters.loginsReused += 2;
    counters.selects += 5;
    counters.selectHits += 4;
    counters.selectMisses += 1;
    expect(counters.read()).toMatchObject({
      logins: 3,
      connectionsReused: 2,
      selects: 5,
      selectHits: 4,
      selectMisses: 1,
    });
  });

  it('takes back a reuse that failed, unless a reset has forgotten it', () => {
    const counters = new Counters();
    counters.loginsReused += 2;
    counters.reuseFailed();
    expect(counters.read().connectionsReused).toBe(1);
    counters.reset();
    counters.reuseFailed();
    expect(counters.read().connectionsReused).toBe(0);
  });

  it('forgets peaks and totals at a reset, and keeps what there is now and the SELECT cache', () => {
    let now = new Date('2026-11-22T20:55:09Z');
    const counters = new Counters(() => now);
    counters.clientArrived();
    move(counters, 'new', 'connecting', 'leased', 'parked');
    move(counters, 'new', 'connecting', 'leased');
    counters.logins += 2;
    counters.loginsReused += 1;
    counters.loginsRefused += 1;
    counters.selects += 2;
    counters.selectHits += 1;
    counters.selectMisses += 1;
    now = new Date('2026-11-22T21:00:00Z');
    counters.reset();
    expect(counters.read()).toEqual({
      startTime: new Date('2026-11-22T20:55:09Z'),
      countTime: now,
      clientsNow: 1,
      clientsPeak: 0,
      connectionsInUse: 1,
      connectionsInUsePeak: 0,
      connectionsParked: 1,
      connectionsParkedPeak: 0,
      clientsAccepted: 0,
      logins: 0,
      connectionsCreated: 0,
      connectionsReused: 0,
      selects: 2,
      selectHits: 1,
      selectMisses: 1,
    });
    expect(counters.loginsRefused).toBe(0);
    counters.clientArrived();
    expect(counters.read()).toMatchObject({ clientsNow: 2, clientsPeak: 2, clientsAccepted: 1 });
  });

  it.each([
    ['a client', (counters: Counters) => counters.clientLeft()],
    ['a connection in use', (counters: Counters) => counters.connectionMoved('leased', 'closed')],
    ['a parked connection', (counters: Counters) => counters.connectionMoved('parked', 'closed')],
  ])('refuses to count off %s that was never there', (_, countOff) => {
    const counters = new Counters();
    expect(() => countOff(counters)).toThrow(InvariantError);
    expect(counters.read()).toMatchObject({ clientsNow: 0, connectionsInUse: 0, connectionsParked: 0 });
  });
});
