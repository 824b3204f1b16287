import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/base/errors.ts';
import { Fragmenter, type FragmentRules } from '../../../src/protocol/fragmenter.ts';
import { differingCuts } from '../../support/cuts.ts';
import { type ConsentTime, consentsInTurn, RecordedFragments } from '../../support/recorded-fragments.ts';
import {
  COMMAND_SAMPLES,
  type Fragment,
  RESPONSE_SAMPLES,
  type WireSample,
  wireOf,
} from '../../support/wire-samples.ts';

const COMMANDS: FragmentRules = { direction: 'command', maxLineOctets: 1024, longLines: 'refuse' };
const RESPONSES: FragmentRules = { direction: 'response', maxLineOctets: 1024, longLines: 'stream' };

function fragmentsOf(
  sample: WireSample,
  rules: FragmentRules,
  chunks: Iterable<Buffer>,
  consentTime: ConsentTime = 'later',
): readonly Fragment[] {
  const recorded = new RecordedFragments(rules, consentsInTurn(sample.consents), consentTime);
  for (const chunk of chunks) recorded.feed(chunk);
  return recorded.fragments;
}

/** The offsets in the sample's octets at which a command or response is over. */
function boundariesOf(sample: WireSample): readonly number[] {
  let at = 0;
  const ends: number[] = [0];
  sample.fragments.forEach(([, octets], index) => {
    at += octets.length;
    const next = sample.fragments[index + 1];
    if (next === undefined || next[0] === 'line') ends.push(at);
  });
  return ends;
}

describe.each([
  ['commands', COMMANDS, COMMAND_SAMPLES],
  ['responses', RESPONSES, RESPONSE_SAMPLES],
] as const)('Fragmenter over %s', (_, rules, samples) => {
  it.each(samples)('takes $name apart', (sample) => {
    expect(fragmentsOf(sample, rules, [wireOf(sample)])).toEqual(sample.fragments);
  });

  it.each(samples)('takes $name apart in the same way wherever it is cut', (sample) => {
    expect(differingCuts(wireOf(sample), (chunks) => fragmentsOf(sample, rules, chunks))).toEqual([]);
  });

  it.each(samples)('is at a boundary only between commands or responses of $name', (sample) => {
    const recorded = new RecordedFragments(rules, consentsInTurn(sample.consents));
    const boundaries = [0];
    wireOf(sample).forEach((octet, at) => {
      recorded.feed(Buffer.of(octet));
      if (recorded.isAtBoundary) boundaries.push(at + 1);
    });
    expect(boundaries).toEqual(boundariesOf(sample));
  });
});

describe('Fragmenter', () => {
  it.each(COMMAND_SAMPLES.filter(({ consents }) => consents !== undefined))(
    'takes $name apart in the same way when its sink consents at once',
    (sample) => {
      expect(fragmentsOf(sample, COMMANDS, [wireOf(sample)], 'at once')).toEqual(sample.fragments);
    },
  );

  it('takes nothing behind a synchronizing literal until it is decided', () => {
    const recorded = { onLine() {}, onLinePart() {}, onLiteral() {} };
    const fragmenter = new Fragmenter(COMMANDS, recorded);
    const chunk = Buffer.from('a X {3}\r\nabc\r\n');
    expect(fragmenter.feed(chunk)).toBe(9);
    expect(fragmenter.isUndecided).toBe(true);
    expect(fragmenter.feed(chunk, 9)).toBe(9);
    fragmenter.acceptLiteral();
    expect(fragmenter.isUndecided).toBe(false);
    expect(fragmenter.feed(chunk, 9)).toBe(14);
    expect(fragmenter.isAtBoundary).toBe(true);
  });

  it('waits for no consent from a client when a server sends a literal', () => {
    const fragmenter = new Fragmenter(RESPONSES, { onLine() {}, onLinePart() {}, onLiteral() {} });
    fragmenter.feed(Buffer.from('* 1 FETCH (BODY[] {3}\r\n'));
    expect(fragmenter.isUndecided).toBe(false);
    expect(fragmenter.isAtBoundary).toBe(false);
  });

  it('stops behind the line or literal in which its sink says so, and goes on when fed again', () => {
    const seen: string[] = [];
    const report = (source: Buffer, start: number, end: number) => {
      seen.push(source.toString('latin1', start, end));
      fragmenter.stop();
    };
    const fragmenter = new Fragmenter(COMMANDS, { onLine: report, onLinePart() {}, onLiteral: report });
    const chunk = Buffer.from('a X {3+}\r\nabc\r\nb NOOP\r\n');
    const offsets = [fragmenter.feed(chunk), fragmenter.feed(chunk, 10), fragmenter.feed(chunk, 13)];
    expect(offsets).toEqual([10, 13, 15]);
    expect(seen).toEqual(['a X {3+}\r\n', 'abc', '\r\n']);
  });

  it('reports a line that came whole, and literal data, in the chunk itself and not in a copy', () => {
    const sources: Buffer[] = [];
    const note = (source: Buffer) => void sources.push(source);
    const fragmenter = new Fragmenter(COMMANDS, { onLine: note, onLinePart() {}, onLiteral: note });
    const chunk = Buffer.from('a X {3+}\r\nabc\r\n');
    fragmenter.feed(chunk);
    expect(sources).toHaveLength(3);
    expect(sources.every((source) => source === chunk)).toBe(true);
  });

  it('calls a decision about a literal that nobody announced a bug', () => {
    const fragmenter = new Fragmenter(COMMANDS, { onLine() {}, onLinePart() {}, onLiteral() {} });
    expect(() => fragmenter.acceptLiteral()).toThrow(InvariantError);
    fragmenter.feed(Buffer.from('a X {3}\r\n'));
    fragmenter.refuseLiteral();
    expect(() => fragmenter.refuseLiteral()).toThrow(InvariantError);
  });
});
