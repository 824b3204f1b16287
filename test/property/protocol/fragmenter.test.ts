import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FragmentRules } from '../../../src/protocol/fragmenter.ts';
import { cutAt, transient } from '../../support/cuts.ts';
import { type ConsentTime, RecordedFragments } from '../../support/recorded-fragments.ts';
import type { Consent, Fragment } from '../../support/wire-samples.ts';

/** Octets of which dialogues are made, with whole words that matter to the framing more often than chance. */
const octets = fc
  .array(
    fc.oneof(
      fc.constantFrom('\r\n', '\n', '\r', ' ', '* ', '+ ', 'OK ', 'NO', 'bad ', 'BYE', 'a1 ', '"', '~', 'x'),
      fc
        .constantFrom('{0}', '{1}', '{3}', '{12}', '{0+}', '{2+}', '{7+}', '{02}')
        .map((marker) => `${marker}\r\n`),
      fc.constantFrom('{', '}', '+', '1', '{3}', '{2+}', '{}', '\0', '\x80', '\xff'),
    ),
    { maxLength: 60 },
  )
  .map((words) => Buffer.from(words.join(''), 'latin1'));

const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 12 });
const consentTime = fc.constantFrom<ConsentTime>('at once', 'later');

/** The word on a synchronizing literal, so that the reference gives the same. */
const consentTo = ({ octets }: { readonly octets: number }): Consent => (octets === 3 ? 'refuse' : 'accept');

/** Takes a whole dialogue apart by looking at all of it; what is not complete at its end is left out. */
function reference(wire: string, direction: FragmentRules['direction']): readonly Fragment[] {
  const fragments: Fragment[] = [];
  let rest = wire;
  let kind: 'line' | 'more' = 'line';
  for (;;) {
    const lf = rest.indexOf('\n');
    if (lf === -1) return fragments;
    const text = rest.slice(0, lf + 1);
    rest = rest.slice(lf + 1);
    fragments.push([kind, text]);
    const marker = /\{(\d+)(\+?)\}\r?\n$/.exec(text);
    const size = Number(marker?.[1] ?? 0);
    const isData: boolean = kind === 'more' || /^\* (?!(?:OK|NO|BAD|BYE|PREAUTH)(?: |\r?\n))/i.test(text);
    const isAnnounced: boolean =
      direction === 'response'
        ? isData && marker?.[2] === ''
        : marker?.[2] === '+' || (marker !== null && consentTo({ octets: size }) === 'accept');
    kind = isAnnounced ? 'more' : 'line';
    if (!isAnnounced) continue;
    if (rest === '') return fragments;
    fragments.push(['literal', rest.slice(0, size)]);
    if (rest.length < size) return fragments;
    rest = rest.slice(size);
  }
}

const RULES: readonly FragmentRules[] = [
  { direction: 'command', maxLineOctets: 1024, longLines: 'refuse' },
  { direction: 'command', maxLineOctets: 20, longLines: 'stream' },
  { direction: 'response', maxLineOctets: 1024, longLines: 'refuse' },
  { direction: 'response', maxLineOctets: 20, longLines: 'stream' },
];

describe.each(RULES)('Fragmenter in $direction direction with $longLines at $maxLineOctets', (rules) => {
  it('finds what a look at the whole dialogue finds, however it is cut', () => {
    fc.assert(
      fc.property(octets, cuts, consentTime, (dialogue, positions, time) => {
        const recorded = new RecordedFragments(rules, consentTo, time);
        let fed = 0;
        for (const chunk of transient(cutAt(dialogue, positions))) {
          recorded.feed(chunk);
          fed += chunk.length;
          expect(fed - recorded.octets).toBeLessThanOrEqual(rules.maxLineOctets);
        }
        const wire = dialogue.toString('latin1');
        const passedOn = recorded.fragments.map(([, text]) => text).join('') + recorded.unfinished;
        expect(recorded.fragments).toEqual(reference(wire, rules.direction));
        expect(passedOn + wire.slice(recorded.octets)).toBe(wire);
      }),
      { numRuns: 2_000 },
    );
  });
});
