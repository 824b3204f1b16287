import { describe, expect, it } from 'vitest';
import { Trust, type TrustLimits } from '../../../src/upstream/trust.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const UNLIMITED: TrustLimits = { reauthIntervalMs: 0, memoryMs: 0 };

function start(limits: Partial<TrustLimits> = {}) {
  const clock = new FakeClock();
  return { clock, trust: new Trust({ ...UNLIMITED, ...limits }, clock) };
}

describe('Trust', () => {
  it('has none in a secret that the server has not seen', () => {
    const { trust } = start();
    expect([trust.isFresh('old'), trust.isKept('old'), trust.refused('old')]).toEqual([false, false, false]);
  });

  it('has none in a yes to a login that was begun before the server said no to another', () => {
    const { clock, trust } = start();
    const begunMs = clock.now();
    clock.advance(10);
    trust.refused('old');
    clock.advance(10);

    trust.accepted('old', 'alice', begunMs);
    expect([trust.isFresh('old'), trust.isKept('old')]).toEqual([false, false]);

    trust.accepted('old', 'alice', clock.now());
    expect([trust.isFresh('old'), trust.isKept('old')]).toEqual([true, true]);
  });

  it('has it in a secret that the server has accepted, until it is refused', () => {
    const { trust } = start();
    trust.accepted('old', 'alice');
    expect([trust.isFresh('old'), trust.isKept('old')]).toEqual([true, true]);
    expect(trust.refused('old')).toBe(true);
    expect([trust.isFresh('old'), trust.isKept('old')]).toEqual([false, false]);
    expect(trust.refused('old')).toBe(false);
  });

  it('lets the server be asked again after the interval, and keeps connections all the same', () => {
    const { clock, trust } = start({ reauthIntervalMs: 1_000 });
    trust.accepted('old', 'alice');
    clock.advance(1_000);
    expect(trust.isFresh('old')).toBe(true);
    clock.advance(1);
    expect([trust.isFresh('old'), trust.isKept('old')]).toEqual([false, true]);
    trust.accepted('old', 'alice');
    expect(trust.isFresh('old')).toBe(true);
  });

  it('never lets it be asked again with an interval of 0', () => {
    const { clock, trust } = start({ reauthIntervalMs: 0 });
    trust.accepted('old', 'alice');
    clock.advance(1e12);
    expect(trust.isFresh('old')).toBe(true);
  });

  it('takes other limits at once', () => {
    const { clock, trust } = start();
    trust.accepted('old', 'alice');
    clock.advance(1_000);
    trust.limits = { reauthIntervalMs: 999, memoryMs: 0 };
    expect(trust.isFresh('old')).toBe(false);
    trust.limits = UNLIMITED;
    expect(trust.isFresh('old')).toBe(true);
  });

  it('loses it in all other secrets of a user when a new one is accepted, and in no other user', () => {
    const { trust } = start();
    trust.accepted('app', 'alice');
    expect(trust.accepted('old', 'alice')).toEqual(['app']);
    trust.accepted('app', 'alice');
    trust.accepted('bobs', 'bob');

    expect([...trust.accepted('new', 'alice')].sort()).toEqual(['app', 'old']);

    const kept = ['app', 'old', 'bobs', 'new'].filter((key) => trust.isKept(key));
    expect(kept).toEqual(['bobs', 'new']);
    expect(['app', 'old'].some((key) => trust.isFresh(key))).toBe(false);
  });

  it('names a secret that has lost it only once', () => {
    const { trust } = start();
    trust.accepted('first', 'alice');
    expect(trust.accepted('second', 'alice')).toEqual(['first']);
    expect(trust.accepted('third', 'alice')).toEqual(['second']);
  });

  it('has it in both of two secrets again when the server accepts the first again', () => {
    const { trust } = start();
    trust.accepted('app', 'alice');
    trust.accepted('main', 'alice');
    expect(trust.accepted('app', 'alice')).toEqual([]);
    expect(trust.accepted('main', 'alice')).toEqual([]);
    expect(['app', 'main'].map((key) => trust.isFresh(key))).toEqual([true, true]);
  });

  it('takes a secret for a new one that was refused since', () => {
    const { trust } = start();
    trust.accepted('old', 'alice');
    trust.refused('old');
    trust.accepted('new', 'alice');
    expect(trust.accepted('old', 'alice')).toEqual(['new']);
  });

  it('forgets with the next acceptance what no connection can be older than', () => {
    const { clock, trust } = start({ memoryMs: 1_000 });
    trust.accepted('old', 'alice');
    clock.advance(1_000);
    trust.accepted('bobs', 'bob');
    expect(trust.isKept('old')).toBe(true);
    clock.advance(1);
    expect(trust.accepted('new', 'alice')).toEqual([]);
    expect([trust.isKept('old'), trust.isKept('bobs')]).toEqual([false, true]);
  });

  it('remembers 100,000 secrets; of more it forgets the one accepted longest ago', () => {
    const { trust } = start();
    for (let user = 0; user < 100_000; user += 1) trust.accepted(`key ${user}`, `user ${user}`);
    trust.accepted('key 0', 'user 0');
    expect(['key 0', 'key 1', 'key 2'].map((key) => trust.isKept(key))).toEqual([true, true, true]);

    trust.accepted('one more', 'somebody else');

    const known = ['key 0', 'key 1', 'key 2', 'one more'].map((key) => trust.isKept(key));
    expect(known).toEqual([true, false, true, true]);
  });
});
