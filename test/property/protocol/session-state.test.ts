import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SessionState } from '../../../src/protocol/session-state.ts';
import { answer, begin } from '../../support/session-state-steps.ts';

const tag = fc.constantFrom('a', 'A', 'a1', 'a10', '$1.$');
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ from: fc.constant('client' as const), tag, isSelect: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ from: fc.constant('server' as const), tag, isSelect: fc.boolean() }) },
);

describe('SessionState', () => {
  it('is quiet exactly when every tag has as many answers as commands, and tells every surplus one', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const state = new SessionState();
        const unanswered = new Map<string, number>();
        let surplus = 0;
        let selects = 0;
        for (const { from, tag, isSelect } of steps) {
          const before = unanswered.get(tag) ?? 0;
          if (from === 'client') {
            begin(state, `${tag} ${isSelect ? 'SELECT x' : 'NOOP'}`);
            unanswered.set(tag, before + 1);
            if (isSelect) selects += 1;
          } else {
            const [completed] = answer(state, `${tag} OK`);
            expect(completed?.tag).toBe(before > 0 ? tag : undefined);
            if (before > 0) unanswered.set(tag, before - 1);
            else surplus += 1;
          }
          expect(state.isQuiet).toBe([...unanswered.values()].every((count) => count === 0));
          expect(state.obstacle).toBe(surplus > 0 ? 'stray response' : undefined);
          expect(state.maySelect).toBe(selects > 0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
