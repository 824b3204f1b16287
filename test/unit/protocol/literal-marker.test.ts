import { describe, expect, it } from 'vitest';
import { LimitExceededError } from '../../../src/base/errors.ts';
import { MARKER_TAIL_OCTETS, parseLiteralMarker } from '../../../src/protocol/literal-marker.ts';
import { MARKER_LOOKALIKES } from '../../support/wire-samples.ts';

const markerOf = (text: string) => {
  const octets = Buffer.from(text, 'latin1');
  return parseLiteralMarker(octets, 0, octets.length);
};

describe('parseLiteralMarker', () => {
  it.each([
    ['{0}', 0, true],
    ['{5}', 5, true],
    ['{5+}', 5, false],
    ['~{5}', 5, true],
    ['~{5+}', 5, false],
    ['a LOGIN {12}', 12, true],
    ['x{007+}', 7, false],
    ['"x{5}', 5, true],
    ['{4294967296}', 2 ** 32, true],
    ['{9007199254740991}', 2 ** 53 - 1, true],
  ])('reads %j', (text, octets, isSynchronizing) => {
    expect(markerOf(text)).toEqual({ octets, isSynchronizing });
  });

  it.each(['', '}', '{', '+}', '5+}', ...MARKER_LOOKALIKES])('finds none in %j', (text) => {
    expect(markerOf(text)).toBeUndefined();
    expect(markerOf(`a X ${text}`)).toBeUndefined();
  });

  it('does not look outside the line that it is given', () => {
    const octets = Buffer.from('{5}{6}');
    expect(parseLiteralMarker(octets, 3, 6)).toEqual({ octets: 6, isSynchronizing: true });
    expect(parseLiteralMarker(octets, 4, 6)).toBeUndefined();
    expect(parseLiteralMarker(octets, 1, 3)).toBeUndefined();
  });

  it.each(['{9007199254740992}', '{99999999999999999999+}'])(
    'refuses %s, which cannot be counted',
    (text) => {
      expect(() => markerOf(text)).toThrow(LimitExceededError);
    },
  );

  it('fits with twenty digits and the line ending into the tail that is kept of a long line', () => {
    expect(Buffer.from('~{12345678901234567890+}\r\n')).toHaveLength(MARKER_TAIL_OCTETS);
  });
});
