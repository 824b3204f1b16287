import { describe, expect, it } from 'vitest';
import { parseMechanism, SaslExchange, type SaslStep } from '../../../src/session/sasl-exchange.ts';

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

/** A step as words; octets as latin1 text. */
function told(step: SaslStep): readonly (string | undefined)[] {
  switch (step.kind) {
    case 'challenge':
      return [step.line];
    case 'failure':
      return ['failure', step.text];
    case 'credentials': {
      const { user, authorization, password } = step.credentials;
      return [user, authorization, password.expose()].map((octets) => octets?.toString('latin1'));
    }
  }
}

/** Every step of an exchange that begins with or without an initial response. */
function exchange(mechanism: 'PLAIN' | 'LOGIN', initialResponse: string | undefined, ...lines: string[]) {
  const sasl = new SaslExchange('a', mechanism);
  const first = told(sasl.begin(initialResponse));
  return [first, ...lines.map((line) => told(sasl.respond(line)))];
}

describe('parseMechanism', () => {
  it('knows PLAIN and LOGIN in any letter case, and nothing else', () => {
    expect(['PLAIN', 'plain', 'Login', 'PLAINX', 'CRAM-MD5', 'EXTERNAL', ''].map(parseMechanism)).toEqual([
      'PLAIN',
      'PLAIN',
      'LOGIN',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
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

describe.each(['PLAIN', 'LOGIN'] as const)('SaslExchange with %s', (mechanism) => {
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

  it('prints a placeholder for the password', () => {
    const sasl = new SaslExchange('a', mechanism);
    const first = sasl.begin(base64(mechanism === 'PLAIN' ? '\0user\0hunter2' : 'user'));
    const step = first.kind === 'challenge' ? sasl.respond(base64('hunter2')) : first;
    expect(step.kind).toBe('credentials');
    expect(JSON.stringify(step)).not.toContain('hunter2');
    expect(JSON.stringify(step)).toContain('[secret]');
  });
});

describe('SaslExchange with LOGIN in its second step', () => {
  it.each(['*', '!'])('fails at %s', (line) => {
    expect(exchange('LOGIN', undefined, base64('user'), line)[2]?.[0]).toBe('failure');
  });
});
