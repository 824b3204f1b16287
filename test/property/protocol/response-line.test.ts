import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capabilitiesIn, filterCapabilityLine, parseCapabilities } from '../../../src/protocol/capability.ts';
import { parseCommandHead } from '../../../src/protocol/command-line.ts';
import { isInterimGreeting, readGreeting } from '../../../src/protocol/greeting.ts';
import { isDataResponse, parseResponse } from '../../../src/protocol/response-line.ts';

const words = [
  '* ',
  '+ ',
  'a1 ',
  'OK',
  'no ',
  'BYE ',
  'CAPABILITY',
  '[',
  ']',
  ' ',
  '\r',
  '\n',
  '\r\n',
  '{3}',
  'UID ',
];
const octets = fc
  .array(
    fc.oneof(
      fc.constantFrom(...words),
      fc.nat({ max: 255 }).map((octet) => String.fromCharCode(octet)),
    ),
    {
      maxLength: 20,
    },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

describe('parseResponse', () => {
  it('reads any octets, and so does everything that reads what it gives', () => {
    fc.assert(
      fc.property(octets, (line) => {
        const response = parseResponse(line);
        expect(['continuation', 'status', 'data', 'malformed']).toContain(response.kind);
        readGreeting(response);
        isInterimGreeting(response);
        capabilitiesIn(response);
        isDataResponse(line, 0, line.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not care where in a buffer the line stands', () => {
    fc.assert(
      fc.property(octets, octets, octets, (before, line, after) => {
        fc.pre(line.length > 0);
        const all = Buffer.concat([before, line, after]);
        const end = before.length + line.length;
        expect(parseResponse(all, before.length, end)).toEqual(parseResponse(line));
        expect(isDataResponse(all, before.length, end)).toBe(isDataResponse(line, 0, line.length));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('parseCommandHead', () => {
  it('does not care where in a buffer the line stands', () => {
    fc.assert(
      fc.property(octets, octets, octets, (before, line, after) => {
        const all = Buffer.concat([before, line, after]);
        const end = before.length + line.length;
        const head = parseCommandHead(line, 0, line.length);
        const shifted = parseCommandHead(all, before.length, end);
        expect(shifted).toEqual(
          head && { ...head, argumentsAt: head.argumentsAt + before.length, end: head.end + before.length },
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

const word = fc.constantFrom(
  'IMAP4rev1',
  'IDLE',
  'STARTTLS',
  'compress=DEFLATE',
  'AUTH=PLAIN',
  'AUTH=GSSAPI',
  'X-Y',
);
const list = fc.array(word, { maxLength: 8 });

describe('filterCapabilityLine', () => {
  it('leaves a list that needs no second filtering, and the rest of the line untouched', () => {
    fc.assert(
      fc.property(
        list,
        fc.constantFrom('* CAPABILITY ', '* OK [CAPABILITY ', 'a] OK [capability '),
        (given, start) => {
          const end = start.includes('[') ? '] COMPRESS=DEFLATE\xff\r\n' : '\r\n';
          const line = Buffer.from(`${start}${given.join(' ')}${end}`, 'latin1');
          const text = (filterCapabilityLine(line) ?? line).toString('latin1');
          expect(text.startsWith(start)).toBe(true);
          expect(text.endsWith(end)).toBe(true);
          const shown = parseCapabilities(text.slice(start.length, -end.length));
          expect(shown).toEqual(
            parseCapabilities(given.join(' ')).filter((one) => !/TLS|comp|GSS/.test(one)),
          );
        },
      ),
    );
  });
});
