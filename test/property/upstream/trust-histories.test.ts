import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Trust } from '../../../src/upstream/trust.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { TrustModel } from './trust-model.ts';

const IDENTITIES = ['alice', 'bob'];
const SECRETS = ['old', 'new', 'app'];
const KEYS = IDENTITIES.flatMap((identity) =>
  SECRETS.map((secret) => ({ identity, key: `${identity} ${secret}` })),
);

const login = fc.constantFrom(...KEYS);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ verdict: fc.constant('accepted' as const), login }) },
  { weight: 1, arbitrary: fc.record({ verdict: fc.constant('refused' as const), login }) },
  { weight: 3, arbitrary: fc.record({ ms: fc.integer({ min: 1, max: 60 }) }) },
);
/** Most often one that is met in a short history, and some without. */
const limit = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 150 }));
const limits = fc.record({ reauthIntervalMs: limit, memoryMs: limit });

describe('Trust', () => {
  it('agrees with what follows from the whole history of verdicts, after every one of them', () => {
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 40 }), (limits, steps) => {
        const clock = new FakeClock();
        const trust = new Trust(limits, clock);
        const model = new TrustModel(limits);
        for (const step of steps) {
          if ('ms' in step) {
            clock.advance(step.ms);
          } else if (step.verdict === 'accepted') {
            const { key, identity } = step.login;
            const superseded = model.accepted(key, identity, clock.now());
            expect([...trust.accepted(key, identity)].sort()).toEqual([...superseded].sort());
          } else {
            const { key, identity } = step.login;
            expect(trust.refused(key)).toBe(model.refused(key, identity, clock.now()));
          }
          for (const { key } of KEYS) {
            expect([trust.isFresh(key), trust.isKept(key)], key).toEqual([
              model.isFresh(key, clock.now()),
              model.isKept(key),
            ]);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('never counts on a secret beyond the interval, after a refusal, or after a new one, unless it is accepted again', () => {
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 40 }), (limits, steps) => {
        const clock = new FakeClock();
        const trust = new Trust(limits, clock);
        const acceptedMs = new Map<string, number>();
        for (const step of steps) {
          if ('ms' in step) {
            clock.advance(step.ms);
          } else if (step.verdict === 'accepted') {
            const { key, identity } = step.login;
            for (const other of trust.accepted(key, identity)) {
              expect(other.startsWith(`${identity} `) && other !== key).toBe(true);
              acceptedMs.delete(other);
            }
            acceptedMs.set(key, clock.now());
          } else {
            trust.refused(step.login.key);
            acceptedMs.delete(step.login.key);
          }
          for (const { key } of KEYS.filter(({ key }) => trust.isFresh(key))) {
            const sinceMs = clock.now() - (acceptedMs.get(key) ?? Number.NEGATIVE_INFINITY);
            expect(trust.isKept(key)).toBe(true);
            expect(sinceMs).toBeLessThanOrEqual(limits.reauthIntervalMs || Number.MAX_VALUE);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
