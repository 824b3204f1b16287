import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeInitialResponse, formatPlain, parsePlain } from '../../../src/protocol/sasl.ts';

const octets = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
const withoutNul = octets.map((buffer) => Buffer.from(buffer.filter((octet) => octet !== 0)));
const parts = fc.record({
  authorization: withoutNul,
  authentication: withoutNul.filter((name) => name.length > 0),
  password: withoutNul,
});

describe('decodeBase64', () => {
  it('gives back what encodeInitialResponse wrote', () => {
    fc.assert(
      fc.property(octets, (payload) => {
        expect(decodeBase64(encodeInitialResponse(payload))).toEqual(payload);
      }),
    );
  });

  it('takes no text that is not base64 to the last character', () => {
    const text = fc.string({
      unit: fc.constantFrom('A', 'z', '0', '+', '/', '=', ' ', '-', '*', '\n'),
      maxLength: 9,
    });
    fc.assert(
      fc.property(text, (line) => {
        const decoded = decodeBase64(line);
        const data = line.replace(/={1,2}$/, '');
        const isBase64 = line === '=' || (line.length % 4 === 0 && /^[A-Za-z0-9+/]*$/.test(data));
        expect(decoded !== undefined).toBe(isBase64);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('parsePlain', () => {
  it('gives back the parts that formatPlain joined', () => {
    fc.assert(
      fc.property(parts, (payload) => {
        expect(parsePlain(formatPlain(payload))).toEqual(payload);
      }),
    );
  });

  it('takes only payloads that formatPlain would have written in the same way', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('\0', 'a', '\xff')), (characters) => {
        const payload = Buffer.from(characters.join(''), 'latin1');
        const read = parsePlain(payload);
        if (read !== undefined) expect(formatPlain(read)).toEqual(payload);
        else expect(characters.join('')).not.toMatch(/^[^\0]*\0[^\0]+\0[^\0]*$/);
      }),
    );
  });
});
