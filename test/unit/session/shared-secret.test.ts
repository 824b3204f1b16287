import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { SharedSecret } from '../../../src/session/shared-secret.ts';
import type { Credentials } from '../../../src/upstream/credentials.ts';

const secretOf = (text: string) => new Secret(Buffer.from(text));

const shared = new SharedSecret({
  user: 'master',
  password: secretOf('master-password'),
  sharedSecret: secretOf('open sesame'),
});

const given = (password: string, authorization?: string): Credentials => ({
  mechanism: 'password',
  user: Buffer.from('alice'),
  authorization: authorization === undefined ? undefined : Buffer.from(authorization),
  password: secretOf(password),
  clientId: undefined,
});

describe('SharedSecret', () => {
  it('lets a client that knows it act as the user that it names', () => {
    const credentials = shared.exchange(given('open sesame'));
    expect(credentials?.user.toString()).toBe('master');
    expect(credentials?.authorization?.toString()).toBe('alice');
    expect(credentials?.password.expose().toString()).toBe('master-password');
  });

  it('lets it act as somebody else whom it names', () => {
    expect(shared.exchange(given('open sesame', 'bob'))?.authorization?.toString()).toBe('bob');
  });

  it.each(['', 'open', 'open sesame ', 'Open sesame', 'open sesamf', 'master-password'])(
    'refuses a client that gives %j',
    (password) => {
      expect(shared.exchange(given(password))).toBeUndefined();
    },
  );

  it.each(['XOAUTH2', 'OAUTHBEARER'] as const)('takes no %s, whatever the token is', (mechanism) => {
    expect(shared.exchange({ ...given('open sesame'), mechanism })).toBeUndefined();
  });

  it('wipes what the client gave, right or wrong', () => {
    for (const password of ['open sesame', 'wrong']) {
      const credentials = given(password);
      shared.exchange(credentials);
      expect(credentials.password.expose().every((octet) => octet === 0)).toBe(true);
    }
  });

  it('gives out a password of its own each time, so that wiping one harms no other', () => {
    shared.exchange(given('open sesame'))?.password.wipe();
    expect(shared.exchange(given('open sesame'))?.password.expose().toString()).toBe('master-password');
  });
});
