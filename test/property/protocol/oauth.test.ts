import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTokenPayload, parseTokenPayload, TOKEN_MECHANISMS } from '../../../src/protocol/oauth.ts';

const octet = fc.oneof(fc.constantFrom(...Buffer.from('=,2C3D n')), fc.integer({ min: 2, max: 255 }));
const octets = (minLength: number) =>
  fc.array(octet, { minLength, maxLength: 40 }).map((array) => Buffer.from(array));
const tokens = (minLength: number) =>
  fc
    .stringMatching(/^(?:[A-Za-z0-9._~+/-]{1,40}={0,2})?$/)
    .filter((text) => text.length >= minLength)
    .map((text) => Buffer.from(text));

describe.each(TOKEN_MECHANISMS)('parseTokenPayload with %s', (mechanism) => {
  // Only OAUTHBEARER knows what to do without one of them.
  const minLength = mechanism === 'OAUTHBEARER' ? 0 : 1;
  const payloads = fc.record({ user: octets(minLength), token: tokens(minLength) });

  it('gives back what formatTokenPayload wrote', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        expect(parseTokenPayload(mechanism, formatTokenPayload(mechanism, payload))).toEqual(payload);
      }),
      { numRuns: 500 },
    );
  });

  it('understands nothing where octets are missing at the end', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (payload, position) => {
        const whole = formatTokenPayload(mechanism, payload);
        expect(parseTokenPayload(mechanism, whole.subarray(0, position % whole.length))).toBeUndefined();
      }),
    );
  });

  it('reads from a payload with a wrong octet nothing that cannot be written and read again', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), octet, (payload, position, wrong) => {
        const wire = formatTokenPayload(mechanism, payload);
        wire[position % wire.length] = wrong;
        const read = parseTokenPayload(mechanism, wire);
        fc.pre(read !== undefined);
        expect(read && parseTokenPayload(mechanism, formatTokenPayload(mechanism, read))).toEqual(read);
      }),
      { numRuns: 500 },
    );
  });
});
