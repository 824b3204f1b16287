import { describe, it } from 'vitest';
import {
  CLEAN_VARIANT,
  CONDSTORE_VARIANT,
  type EnableAnswer,
  enableVariant,
  SessionState,
} from '../../../src/protocol/session-state.ts';
import { expectOutcome } from './command-tap-sample.ts';

const INHERITED = enableVariant('CONDSTORE');
const ANSWER: EnableAnswer = { untagged: Buffer.alloc(0), completion: Buffer.from('OK') };

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
  const inherited = () => new SessionState(INHERITED, ANSWER);

  it('forwards ENABLE and remembers what it asked for', () => {
    expectOutcome({ wire: 'a ENABLE condstore\r\nb NOOP\r\n', variant: INHERITED });
  });

  it('has the ENABLE that the connection was chosen for answered, and sends the rest', () => {
    const wire = 'a ENABLE condstore\r\nb NOOP\r\n';
    expectOutcome({ wire, sent: 'b NOOP\r\n', asked: ['enable a OK'] }, inherited);
  });

  it('forwards the same ENABLE when it comes again, and trusts the connection no more', () => {
    const wire = 'a ENABLE CONDSTORE\r\nb ENABLE CONDSTORE\r\n';
    const sent = 'b ENABLE CONDSTORE\r\n';
    expectOutcome({ wire, sent, asked: ['enable a OK'], obstacle: 'lasting state' }, inherited);
  });
});

describe('CommandTap and ENABLE whose extensions are not in its line', () => {
  it('forwards it, whatever the connection was chosen for', () => {
    const wire = 'a ENABLE {9+}\r\nCONDSTORE\r\n';
    const variant = enableVariant('{9+}');
    expectOutcome({ wire, variant, obstacle: 'lasting state' }, () => new SessionState(variant, ANSWER));
  });
});
