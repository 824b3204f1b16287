import { describe, expect, it } from 'vitest';
import {
  type Mechanism,
  parseMechanism,
  RefusedToken,
  SaslExchange,
  type SaslStep,
} from '../../../src/session/sasl-exchange.ts';
import { base64, oauthBearer, xoauth2 } from '../../support/tokens.ts';

/** A step as words; octets as latin1 text. */
function told(step: SaslStep): readonly (string | undefined)[] {
  switch (step.kind) {
    case 'challenge':
      return [step.line];
    case 'failure':
      return ['failure', step.text];
    case 'refusal':
      return ['refusal', step.reply];
    case 'credentials': {
      const { user, authorization, password } = step.credentials;
      return [user, authorization, password.expose()].map((octets) => octets?.toString('latin1'));
    }
  }
}

/** Every step of an exchange that begins with or without an initial response. */
function exchange(mechanism: Mechanism, initialResponse: string | undefined, ...lines: string[]) {
  const sasl = new SaslExchange('a', mechanism);
  const first = told(sasl.begin(initialResponse));
  return [first, ...lines.map((line) => told(sasl.respond(line)))];
}

describe('parseMechanism', () => {
  it.each([
    ['PLAIN', 'PLAIN'],
    ['plain', 'PLAIN'],
    ['Login', 'LOGIN'],
  ])('takes %s from any server, for a password can be brought to any', (word, mechanism) => {
    expect(parseMechanism(word, [])).toBe(mechanism);
  });

  it.each([
    ['XOAUTH2', 'XOAUTH2'],
    ['OAuthBearer', 'OAUTHBEARER'],
  ])('takes %s where the server offers it, and only there', (word, mechanism) => {
    expect(parseMechanism(word, ['IMAP4rev1', `Auth=${mechanism}`])).toBe(mechanism);
    expect(parseMechanism(word, ['IMAP4rev1', 'AUTH=PLAIN', mechanism])).toBeUndefined();
  });

  it.each(['PLAINX', 'CRAM-MD5', 'DIGEST-MD5', 'SCRAM-SHA-256', 'GSSAPI', 'EXTERNAL', ''])(
    'never takes %j, though the server offers it',
    (word) => {
      expect(parseMechanism(word, [`AUTH=${word}`])).toBeUndefined();
    },
  );
});

describe('SaslExchange with PLAIN', () => {
  it('takes the credentials from an initial response', () => {
    expect(exchange('PLAIN', base64('\0user\0pass'))).toEqual([['user', undefined, 'pass']]);
  });

  it('asks for them with an empty challenge when there is none', () => {
    expect(exchange('PLAIN', undefined, base64('\0user\0pass'))).toEqual([
      ['+ \r\n'],
      ['user', undefined, 'pass'],
    ]);
  });

  it.each([
    ['no other name', '\0user\0pass', undefined],
    ['the same name twice, as SquirrelMail sends it', 'user\0user\0pass', undefined],
    ['another name', 'other\0user\0pass', 'other'],
    ['the same name in another letter case', 'USER\0user\0pass', 'USER'],
  ])('reads whom to act as from %s', (_, payload, authorization) => {
    expect(exchange('PLAIN', base64(payload))).toEqual([['user', authorization, 'pass']]);
  });

  it('keeps every octet of name and password', () => {
    expect(exchange('PLAIN', base64('\0\xe4 \r\n\0\xff"\\{3}'))).toEqual([
      ['\xe4 \r\n', undefined, '\xff"\\{3}'],
    ]);
  });

  it.each([
    ['an empty response', '='],
    ['an empty line', ''],
    ['too few parts', base64('user\0pass')],
    ['too many parts', base64('\0user\0pass\0')],
    ['no name', base64('\0\0pass')],
  ])('fails at %s', (_, response) => {
    expect(exchange('PLAIN', undefined, response)).toEqual([
      ['+ \r\n'],
      ['failure', 'Invalid PLAIN response'],
    ]);
  });
});

describe('SaslExchange with LOGIN', () => {
  it('asks for name and password', () => {
    expect(exchange('LOGIN', undefined, base64('user'), base64('p\xff\r\n'))).toEqual([
      ['+ VXNlcm5hbWU6\r\n'],
      ['+ UGFzc3dvcmQ6\r\n'],
      ['user', undefined, 'p\xff\r\n'],
    ]);
  });

  it('takes an initial response for the name', () => {
    expect(exchange('LOGIN', base64('user'), base64('pass'))).toEqual([
      ['+ UGFzc3dvcmQ6\r\n'],
      ['user', undefined, 'pass'],
    ]);
  });

  it.each([
    ['name', 'us\0er', 'pass'],
    ['password', 'user', 'pa\0ss'],
  ])('fails at a NUL in the %s', (_, user, password) => {
    expect(exchange('LOGIN', base64(user), base64(password))[1]).toEqual([
      'failure',
      'A name or password holds a NUL',
    ]);
  });
});

describe.each(['XOAUTH2', 'OAUTHBEARER'] as const)('SaslExchange with %s', (mechanism) => {
  const response = mechanism === 'XOAUTH2' ? xoauth2 : oauthBearer;

  it('takes user and token from an initial response', () => {
    expect(exchange(mechanism, response('user', 'to.k-en=='))).toEqual([['user', undefined, 'to.k-en==']]);
  });

  it('asks for them with an empty challenge when there is none', () => {
    expect(exchange(mechanism, undefined, response('\xc3\xa4', 'token'))).toEqual([
      ['+ \r\n'],
      ['\xc3\xa4', undefined, 'token'],
    ]);
  });

  it('tells of which kind the secret is', () => {
    const step = new SaslExchange('a', mechanism).begin(response('user', 'token'));
    expect(step).toMatchObject({ kind: 'credentials', credentials: { mechanism } });
  });

  it.each([
    ['an empty response', '='],
    ['the payload of PLAIN', base64('\0user\0pass')],
    ['a NUL in the name', response('us\0er', 'token')],
    ['no token', response('user', '')],
    ['what answers an error', 'AQ=='],
  ])('fails at %s', (_, given) => {
    expect(exchange(mechanism, given)).toEqual([['failure', `Invalid ${mechanism} response`]]);
  });
});

describe.each(['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'] as const)('SaslExchange with %s', (mechanism) => {
  it.each(['!', 'YQ', 'YQ= ', '{5}', '{5+}', 'a NOOP', ' *', '**'])(
    'fails at %j, which is not base64',
    (text) => {
      expect(exchange(mechanism, text)).toEqual([['failure', 'Invalid base64 data']]);
      expect(exchange(mechanism, undefined, text)[1]).toEqual(['failure', 'Invalid base64 data']);
    },
  );

  it('fails at an asterisk, by which the client cancels', () => {
    expect(exchange(mechanism, undefined, '*')[1]).toEqual(['failure', 'Authentication cancelled']);
  });

  it('prints a placeholder for the secret', () => {
    const sasl = new SaslExchange('a', mechanism);
    const responses: Readonly<Record<Mechanism, string>> = {
      PLAIN: base64('\0user\0hunter2'),
      LOGIN: base64('user'),
      XOAUTH2: xoauth2('user', 'hunter2'),
      OAUTHBEARER: oauthBearer('user', 'hunter2'),
    };
    const first = sasl.begin(responses[mechanism]);
    const step = first.kind === 'challenge' ? sasl.respond(base64('hunter2')) : first;
    expect(step.kind).toBe('credentials');
    expect(JSON.stringify(step)).not.toContain('hunter2');
    expect(JSON.stringify(step)).toContain('[secret]');
  });
});

describe('RefusedToken', () => {
  it('tells why, and the refusal once the client has answered anything', () => {
    const refused = new RefusedToken('a', 'a NO no\r\n');
    expect(told(refused.begin('e30='))).toEqual(['+ e30=\r\n']);
    for (const line of ['', 'AQ==', 'b NOOP']) {
      expect(told(refused.respond(line))).toEqual(['refusal', 'a NO no\r\n']);
    }
  });

  it('fails when the client gives up', () => {
    const refused = new RefusedToken('a', 'a NO no\r\n');
    expect(told(refused.respond('*'))).toEqual(['failure', 'Authentication cancelled']);
  });
});

describe('SaslExchange with LOGIN in its second step', () => {
  it.each(['*', '!'])('fails at %s', (line) => {
    expect(exchange('LOGIN', undefined, base64('user'), line)[2]?.[0]).toBe('failure');
  });
});
