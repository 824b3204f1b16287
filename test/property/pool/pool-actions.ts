import fc from 'fast-check';
import type { PoolLimits } from '../../../src/pool/pool.ts';

/** One step of a random history; `pick` chooses among the objects open at that moment. */
export type Action =
  | { readonly name: 'reserve'; readonly key: string }
  | {
      readonly name: 'acquire';
      readonly key: string;
      readonly accepts: readonly string[] | undefined;
      readonly mustOpen: boolean;
    }
  | { readonly name: 'abort' | 'fulfil' | 'giveUp' | 'cancel'; readonly pick: number }
  | { readonly name: 'beginReset' | 'discard' | 'retire'; readonly pick: number }
  | { readonly name: 'claim' | 'park'; readonly pick: number; readonly variant: string }
  | { readonly name: 'retireWhere'; readonly key: string; readonly variant: string }
  | { readonly name: 'advance'; readonly ms: number }
  | { readonly name: 'setLimits'; readonly limits: PoolLimits }
  | { readonly name: 'sweep' | 'shutdown' };

const key = fc.constantFrom('ann', 'ann', 'bob', 'carl');
const variant = fc.constantFrom('', '', 'E');
const accepts = fc.constantFrom(undefined, undefined, [''], ['E'], ['', 'E'], []);
/** One in six needs a new connection, whatever is parked. */
const mustOpen = fc.nat({ max: 5 }).map((number) => number === 5);
const pick = fc.nat({ max: 1_000 });

/** Limits so small that every cap is met in a short history. */
export const limits: fc.Arbitrary<PoolLimits> = fc.record({
  maxTotal: fc.integer({ min: 1, max: 6 }),
  maxPerKey: fc.nat({ max: 3 }),
  maxParkedPerKey: fc.nat({ max: 3 }),
  maxParkedMs: fc.integer({ min: 10, max: 60 }),
  maxWaitMs: fc.integer({ min: 1, max: 40 }),
  returnWaitMs: fc.nat({ max: 10 }),
});

const withPick = <N extends string>(...names: N[]) => fc.record({ name: fc.constantFrom(...names), pick });

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ name: fc.constant('acquire'), key, accepts, mustOpen }) },
  { weight: 6, arbitrary: fc.record({ name: fc.constant('reserve'), key }) },
  { weight: 10, arbitrary: withPick('fulfil') },
  { weight: 6, arbitrary: fc.record({ name: fc.constant('claim'), pick, variant }) },
  { weight: 12, arbitrary: fc.record({ name: fc.constant('park'), pick, variant }) },
  { weight: 8, arbitrary: withPick('beginReset') },
  { weight: 8, arbitrary: withPick('abort', 'giveUp', 'cancel', 'discard') },
  { weight: 2, arbitrary: withPick('retire') },
  { weight: 1, arbitrary: fc.record({ name: fc.constant('retireWhere'), key, variant }) },
  { weight: 5, arbitrary: fc.record({ name: fc.constant('advance'), ms: fc.integer({ min: 1, max: 15 }) }) },
  { weight: 3, arbitrary: fc.record({ name: fc.constant('sweep') }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('setLimits'), limits }) },
);

/** A history that may, once, shut the pool down and go on. */
export const history: fc.Arbitrary<Action[]> = fc
  .tuple(
    fc.array(action, { maxLength: 80, size: 'max' }),
    fc.option(fc.array(action, { maxLength: 15 }), { nil: undefined, freq: 4 }),
  )
  .map(([before, after]) => (after === undefined ? before : [...before, { name: 'shutdown' }, ...after]));
