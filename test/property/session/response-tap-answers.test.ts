import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLEAN_VARIANT, enableVariant } from '../../../src/protocol/variants.ts';
import { cutAt, transient } from '../../support/cuts.ts';
import { ResponseTapRun } from '../../support/response-tap-run.ts';
import { begin } from '../../support/session-state-steps.ts';

const ENABLED = enableVariant('X');

/** A command, and what the server says to it. */
interface Exchange {
  readonly command: string;
  /** The line that answers it, behind its name. */
  readonly answer: string | undefined;
  /** What the server says besides, before that. */
  readonly news: readonly string[];
  readonly completion: string;
}

const NAMES: Readonly<Record<string, string>> = {
  CAPABILITY: 'CAPABILITY',
  NAMESPACE: 'NAMESPACE',
  ENABLE: 'ENABLED',
};
const words = fc.array(fc.constantFrom('A', 'b', 'ID', 'CAPABILITY', 'ENABLED', '"OK"', '\xe4'), {
  maxLength: 4,
});
const ending = fc.constantFrom('\r\n', '\n');
const line = fc.tuple(words, ending).map(([parts, end]) => `${['', 'w', ...parts].join(' ')}${end}`);
const news = fc.array(
  fc.constantFrom(
    '* 3 EXISTS\r\n',
    '* OK ID\r\n',
    '* 1 FETCH (X {17}\r\n* CAPABILITY NO\r\n)\r\n',
    '* LIST () "/" ID\n',
  ),
  { maxLength: 3 },
);

const exchangeOf = (command: string): fc.Arbitrary<Exchange> =>
  fc.record({
    command: fc.constant(command),
    answer: line.map((text) => `* ${NAMES[command.split(' ')[0] ?? ''] ?? 'ID'}${text}`),
    news,
    completion: line.map((text) => `OK${text}`),
  });
const asking = fc.constantFrom('CAPABILITY', 'NAMESPACE', 'ID NIL', 'ID ("x" "y")').chain(exchangeOf);
const other = fc.record({
  command: fc.constantFrom('NOOP', 'FETCH 1 FLAGS', 'LIST "" *'),
  answer: fc.constant(undefined),
  news,
  completion: line.map((text) => `OK${text}`),
});
const exchanges = fc.array(fc.oneof({ weight: 3, arbitrary: asking }, other), { maxLength: 6 });
/** With one ENABLE in the middle, or none. */
const conversation = fc
  .tuple(exchanges, fc.option(exchangeOf('ENABLE X')), exchanges)
  .map(([before, enable, after]) => [...before, ...(enable === null ? [] : [enable]), ...after]);

/** One connection remembers no more. */
const MAX_ANSWERS = 8;

/** What is to be remembered: of each question in each state what was said last. */
function expectedOf(all: readonly Exchange[]): ReadonlyMap<string, readonly [string, string]> {
  const expected = new Map<string, readonly [string, string]>();
  let variant = CLEAN_VARIANT;
  for (const { command, answer, completion } of all) {
    const place = `${variant}|${command}`;
    if (answer !== undefined) {
      expected.delete(place);
      expected.set(place, [answer, completion]);
    }
    const [oldest] = expected.keys();
    if (expected.size > MAX_ANSWERS && oldest !== undefined) expected.delete(oldest);
    if (command === 'ENABLE X') variant = ENABLED;
  }
  return expected;
}

describe('ResponseTap', () => {
  it('remembers of each question what the server said last, asked at once or in turn, however it is cut', () => {
    const cuts = fc.array(fc.nat({ max: 600 }), { maxLength: 10 });
    fc.assert(
      fc.property(conversation, fc.boolean(), cuts, (all, isPipelined, cuts) => {
        const run = new ResponseTapRun();
        const commands = all.map(({ command }, index) => `t${index} ${command}`);
        const wires = all.map(
          ({ news, answer = '', completion }, index) => `${news.join('')}${answer}t${index} ${completion}`,
        );
        const steps = isPipelined ? [{ commands, wire: wires.join('') }] : [];
        if (!isPipelined) {
          for (const [index, wire] of wires.entries()) {
            steps.push({ commands: commands.slice(index, index + 1), wire });
          }
        }
        for (const { commands, wire } of steps) {
          begin(run.state, ...commands);
          for (const chunk of transient(cutAt(Buffer.from(wire, 'latin1'), cuts))) run.feed(chunk);
        }
        expect(run.outcome).toMatchObject({ received: wires.join(''), obstacle: undefined, isQuiet: true });
        const expected = expectedOf(all);
        for (const variant of [CLEAN_VARIANT, ENABLED]) {
          for (const command of ['CAPABILITY', 'NAMESPACE', 'ID NIL', 'ID ("x" "y")', 'ENABLE X']) {
            const wanted = expected.get(`${variant}|${command}`);
            expect(run.recalled(`a ${command}`, variant), `${variant}|${command}`).toEqual(wanted);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
