import { Fragmenter } from '../../src/protocol/fragmenter.ts';
import { LIST_ANSWER } from '../servers/null-answers.ts';

/** A list of 15 messages, with a literal each, in one chunk. */
const CHUNK = Buffer.from(`${LIST_ANSWER[0]}A5 ${LIST_ANSWER[1]}`, 'latin1');

const IGNORED = { onLine: () => undefined, onLinePart: () => undefined, onLiteral: () => undefined };

/** Cuts an answer of 4.7 KB into its 45 lines and literals. */
export function fragmenterCall(): () => void {
  const rules = { direction: 'response', maxLineOctets: 64 * 1024, longLines: 'stream' } as const;
  const fragmenter = new Fragmenter(rules, IGNORED);
  return () => {
    fragmenter.feed(CHUNK);
  };
}
