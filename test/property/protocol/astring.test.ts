import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArgumentReader, formatString, type Segment } from '../../../src/protocol/astring.ts';

/** What a name or password may be: any octets but NUL, often such as end strings, lines or commands. */
const octets = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '\\', '{', '}', '(', ' ', '\r', '\n', '\\"', '{3}\r\n', 'x'),
      fc.integer({ min: 1, max: 255 }).map((octet) => String.fromCharCode(octet)),
    ),
    { maxLength: 40, size: 'max' },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));
const strings = fc.array(octets, { minLength: 1, maxLength: 4 });
const form = fc.constantFrom('synchronizing' as const, 'non-synchronizing' as const);

describe('formatString', () => {
  it('writes arguments that ArgumentReader reads back, octet by octet', () => {
    fc.assert(
      fc.property(strings, form, (written, literal) => {
        const segments: Segment[] = [];
        let text = '';
        for (const string of written) {
          const formatted = formatString(string, literal);
          if (formatted.literal === undefined) {
            text += ` ${formatted.text}`;
          } else {
            segments.push({ text: Buffer.from(`${text} `, 'latin1'), literal: formatted.literal });
            text = '';
          }
        }
        segments.push({ text: Buffer.from(text, 'latin1'), literal: undefined });
        const reader = new ArgumentReader(segments);
        expect(written.map(() => reader.readAString())).toEqual(written);
        expect(reader.isAtEnd).toBe(true);
      }),
    );
  });

  it('lets no octet of an argument end the line or the string', () => {
    fc.assert(
      fc.property(octets, form, (string, literal) => {
        const { text } = formatString(string, literal);
        expect(text).toMatch(/^(?:"(?:[^"\\\r\n]|\\["\\])*"|\{\d+\+?\})$/);
      }),
    );
  });
});

describe('ArgumentReader', () => {
  it('reads any octets to an end without throwing', () => {
    fc.assert(
      fc.property(octets, fc.boolean(), (text, hasLiteral) => {
        const end = { text, literal: undefined };
        const reader = new ArgumentReader(hasLiteral ? [{ text, literal: text }, end] : [end]);
        let reads = 0;
        while (reader.readAString() !== undefined) reads += 1;
        expect(reads).toBeLessThanOrEqual(2 * text.length + 1);
      }),
    );
  });
});
