import { describe, expect, it } from 'vitest';
import { formatTokenPayload, parseTokenPayload, type TokenMechanism } from '../../../src/protocol/oauth.ts';

const octetsOf = (text: string) => Buffer.from(text, 'latin1');

/** User and token that `text` names, `^A` in it standing for octet 1; undefined when it is malformed. */
function parsed(mechanism: TokenMechanism, text: string): readonly string[] | undefined {
  const payload = parseTokenPayload(mechanism, octetsOf(text.replaceAll('^A', '\x01')));
  return payload && [payload.user.toString('latin1'), payload.token.toString('latin1')];
}

function formatted(mechanism: TokenMechanism, user: string, token: string): string {
  const payload = formatTokenPayload(mechanism, { user: octetsOf(user), token: octetsOf(token) });
  return payload.toString('latin1').replaceAll('\x01', '^A');
}

describe('parseTokenPayload with XOAUTH2', () => {
  it.each([
    [
      'what Google shows',
      'user=someuser@example.com^Aauth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg^A^A',
    ],
    ['the scheme in other letter case', 'user=u^Aauth=bearer t^A^A'],
    ['fields in other order, and one more', 'auth=Bearer t^Ahost=example.org^Auser=u^A^A'],
    ['a name with signs', 'user=a,b=c user@x^Aauth=Bearer t^A^A'],
    ['a name in UTF-8', 'user=\xc3\xa4^Aauth=Bearer t^A^A'],
    ['every sign of a token', 'user=u^Aauth=Bearer az.AZ_09~+/-==^A^A'],
  ])('reads %s', (_, text) => {
    const [, user] = /user=([^^]*)/.exec(text) ?? [];
    const [, token] = /bearer ([^^]*)/i.exec(text) ?? [];
    expect(parsed('XOAUTH2', text)).toEqual([user, token]);
  });

  it.each([
    '',
    '^A',
    '^A^A',
    'user=u^Aauth=Bearer t',
    'user=u^Aauth=Bearer t^A',
    'user=u^Aauth=Bearer t^A^A^A',
    'user=u^Aauth=Bearer t^A^Ax',
    '^Auser=u^Aauth=Bearer t^A^A',
    'user=u^A^Aauth=Bearer t^A^A',
    'user=u^A^A',
    'auth=Bearer t^A^A',
    'user=^Aauth=Bearer t^A^A',
    'user=u\0^Aauth=Bearer t^A^A',
    'user=u^Auser=v^Aauth=Bearer t^A^A',
    'user=u^Aauth=Bearer t^Aauth=Bearer t^A^A',
    'User=u^Aauth=Bearer t^A^A',
    'user=u^Aauth=^A^A',
    'user=u^Aauth=Bearer^A^A',
    'user=u^Aauth=Bearer ^A^A',
    'user=u^Aauth=Basic t^A^A',
    'user=u^Aauth=Bearer t t^A^A',
    'user=u^Aauth=Bearer t\r\n^A^A',
    'user=u^Aauth=Bearer t\0^A^A',
    'user=u^Aauth=Bearer \xe4^A^A',
    'user=u^Aauth=Bearer =t^A^A',
    'user=u^Aauth=Bearer t^Anonsense^A^A',
    'n,a=u,^Aauth=Bearer t^A^A',
  ])('refuses %j', (text) => {
    expect(parsed('XOAUTH2', text)).toBeUndefined();
  });
});

describe('parseTokenPayload with OAUTHBEARER', () => {
  it.each([
    [
      'n,a=user@example.com,^Ahost=server.example.com^Aport=143^Aauth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==^A^A',
      'user@example.com',
      'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==',
    ],
    ['y,a=u,^Aauth=Bearer t^A^A', 'u', 't'],
    ['n,,^Aauth=Bearer t^A^A', '', 't'],
    ['n,a=u,^Aauth=^A^A', 'u', ''],
    ['n,a=a=2Cb=3Dc=3D2C,^Aauth=Bearer t^A^A', 'a,b=c=2C', 't'],
    ['n,a=a=2cb=3dc,^Aauth=Bearer t^A^A', 'a,b=c', 't'],
    ['n,a=\xc3\xa4 \r\n,^Aauth=Bearer t^A^A', '\xc3\xa4 \r\n', 't'],
    ['n,a=u,^Aauth=Bearer   t^Aqs=^A^A', 'u', 't'],
  ])('reads %j', (text, user, token) => {
    expect(parsed('OAUTHBEARER', text)).toEqual([user, token]);
  });

  it.each([
    '',
    '^A',
    'n,a=u,',
    'n,a=u,auth=Bearer t^A^A',
    'n,a=u,^Aauth=Bearer t^A',
    'n,a=u,^A^A',
    'n,a=u^Aauth=Bearer t^A^A',
    'n,u,^Aauth=Bearer t^A^A',
    'n,a=,^Aauth=Bearer t^A^A',
    'n,a=u,v,^Aauth=Bearer t^A^A',
    'n,a=u=v,^Aauth=Bearer t^A^A',
    'n,a=u=2,^Aauth=Bearer t^A^A',
    'n,a=u=2D,^Aauth=Bearer t^A^A',
    'n,a=u\0,^Aauth=Bearer t^A^A',
    'N,a=u,^Aauth=Bearer t^A^A',
    'p=tls-unique,a=u,^Aauth=Bearer t^A^A',
    'F,n,a=u,^Aauth=Bearer t^A^A',
    'n,a=u,^Auser=u^Aauth=MAC t^A^A',
    'user=u^Aauth=Bearer t^A^A',
  ])('refuses %j', (text) => {
    expect(parsed('OAUTHBEARER', text)).toBeUndefined();
  });

  it('judges a long name in linear time', () => {
    const name = '=2C'.repeat(300_000);
    expect(parsed('OAUTHBEARER', `n,a=${name},^Aauth=Bearer t^A^A`)?.[0]).toHaveLength(300_000);
    expect(parsed('OAUTHBEARER', `n,a=${name}=,^Aauth=Bearer t^A^A`)).toBeUndefined();
  });
});

describe('formatTokenPayload', () => {
  it.each([
    ['XOAUTH2', 'u=1,\xe4', 't=', 'user=u=1,\xe4^Aauth=Bearer t=^A^A'],
    ['OAUTHBEARER', 'u=1,\xe4', 't=', 'n,a=u=3D1=2C\xe4,^Aauth=Bearer t=^A^A'],
    ['OAUTHBEARER', '', 't', 'n,,^Aauth=Bearer t^A^A'],
    ['OAUTHBEARER', 'u', '', 'n,a=u,^Aauth=^A^A'],
  ] as const)('writes %s for %j with %j', (mechanism, user, token, text) => {
    expect(formatted(mechanism, user, token)).toBe(text);
  });
});
