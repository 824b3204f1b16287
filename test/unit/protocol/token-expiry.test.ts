import { describe, expect, it } from 'vitest';
import { tokenExpiry } from '../../../src/protocol/token-expiry.ts';
import { signedToken } from '../../support/tokens.ts';

const base64url = (text: string) => Buffer.from(text).toString('base64url');

/** A token whose claims are this text. */
const tokenOf = (claims: string) => Buffer.from(`${base64url('{"alg":"none"}')}.${base64url(claims)}.c2ln`);

describe('tokenExpiry', () => {
  it('reads the end of a signed token, in ms', () => {
    const token = signedToken({ sub: 'alice', exp: 1_763_878_000 }, 'key');
    expect(tokenExpiry(Buffer.from(token))).toBe(1_763_878_000_000);
  });

  it.each([
    ['{"exp":1763878000.5}', 1_763_878_000_500],
    ['{"exp":1}', 1_000],
    ['{"exp":1.7e9,"name":"\u00e4"}', 1_700_000_000_000],
    ['{"exp":253402300799}', 253_402_300_799_000],
  ])('takes %s for a time', (claims, ms) => {
    expect(tokenExpiry(tokenOf(claims))).toBe(ms);
  });

  it.each([
    '{}',
    '{"exp":"1763878000"}',
    '{"exp":null}',
    '{"exp":true}',
    '{"exp":[1763878000]}',
    '{"exp":0}',
    '{"exp":-1}',
    '{"exp":1e999}',
    '{"exp":1763878000000}',
    '{"iat":1763878000}',
    '{"payload":{"exp":1763878000}}',
    '[1763878000]',
    '1763878000',
    'null',
    '"exp"',
    '{"exp":1763878000',
    '',
  ])('knows no time from claims that are %s', (claims) => {
    expect(tokenExpiry(tokenOf(claims))).toBeUndefined();
  });

  it.each([
    ['of no parts', 'ya29a0AfH6SMBx'],
    ['of one part', base64url('{"exp":1}')],
    ['of two parts', `e30.${base64url('{"exp":1}')}`],
    ['of four parts', `e30.${base64url('{"exp":1}')}.c2ln.c2ln`],
    ['of five parts, encrypted', `e30.${base64url('{"exp":1}')}.a.b.c`],
    ['without a signature', `e30.${base64url('{"exp":1}')}.`],
    ['with padding', 'e30.eyJleHAiOjF9==.c2ln'],
    ['with other signs', 'e30.eyJl+HAiOjF9.c2ln'],
    ['that is empty', ''],
  ])('knows no time from a token %s', (_, token) => {
    expect(tokenExpiry(Buffer.from(token))).toBeUndefined();
  });
});
