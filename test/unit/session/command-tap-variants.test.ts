import { describe, it } from 'vitest';
import { SessionState } from '../../../src/protocol/session-state.ts';
import { CLEAN_VARIANT, CONDSTORE_VARIANT, enableVariant } from '../../../src/protocol/variants.ts';
import { expectOutcome } from './command-tap-sample.ts';

const ENABLED = enableVariant('CONDSTORE');

describe('CommandTap and CONDSTORE', () => {
  it.each([
    ['in the first line', 'a SELECT INBOX (CONDSTORE)\r\n'],
    ['behind a literal', 'a STATUS {5+}\r\nINBOX (HIGHESTMODSEQ)\r\n'],
    ['behind two literals', 'a STATUS {3+}\r\nINB{2+}\r\nOX (HIGHESTMODSEQ)\r\n'],
    ['of another letter case', 'a uid fetch 1:* (flags) (changedsince 3)\r\n'],
  ])('notices a word %s', (_, wire) => {
    expectOutcome({ wire, variant: CONDSTORE_VARIANT });
  });

  it('takes no word of a message for one', () => {
    expectOutcome({ wire: 'a APPEND x {8+}\r\n MODSEQ \r\n', variant: CLEAN_VARIANT });
  });
});

describe('CommandTap and ENABLE', () => {
  it('forwards ENABLE and remembers what it asked for', () => {
    expectOutcome({ wire: 'a ENABLE condstore\r\nb NOOP\r\n', variant: ENABLED });
  });

  it.each([
    ['that was enabled before the session', 'a NOOP\r\nb ENABLE CONDSTORE\r\n', ENABLED],
    ['that the session has enabled', 'a ENABLE CONDSTORE\r\nb ENABLE CONDSTORE\r\n', CLEAN_VARIANT],
  ])('forwards an ENABLE of what %s, and trusts the connection no more', (_, wire, carried) => {
    const sample = { wire, variant: ENABLED, obstacle: 'lasting state' };
    expectOutcome(sample, () => new SessionState(carried));
  });
});

describe('CommandTap and ENABLE whose extensions are not in its line', () => {
  it.each([
    ['a clean connection', CLEAN_VARIANT],
    ['one that carries an ENABLE of the same line', enableVariant('{9+}')],
  ])('forwards it on %s, and trusts that no more', (_, carried) => {
    const wire = 'a ENABLE {9+}\r\nCONDSTORE\r\n';
    const sample = { wire, variant: enableVariant('{9+}'), obstacle: 'lasting state' };
    expectOutcome(sample, () => new SessionState(carried));
  });
});
