import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import {
  choice,
  fileMode,
  host,
  paths,
  port,
  seconds,
  secret,
  text,
  whole,
  yesNo,
} from '../../../src/config/kinds.ts';

describe('yesNo', () => {
  it.each(['y', 'Y', 'yes', 'YES', 'yes!', 'yesterday', 'true', 'True'])('reads %j as yes', (written) => {
    expect(yesNo.parse(written)).toBe(true);
  });

  it.each(['n', 'N', 'no', 'NO', 'none', 'not', 'false', 'FALSE'])('reads %j as no', (written) => {
    expect(yesNo.parse(written)).toBe(false);
  });

  it.each(['1', '0', 'on', 'off', 'ye', 'truely', 'falsey', 'ja', '-'])('refuses %j', (written) => {
    expect(yesNo.parse(written)).toBeUndefined();
  });

  it('writes yes and no', () => {
    expect([true, false].map(yesNo.format)).toEqual(['yes', 'no']);
  });
});

describe('whole', () => {
  const kind = whole(1, 100);

  it.each([
    ['1', 1],
    ['100', 100],
    ['007', 7],
  ])('reads %j', (written, value) => {
    expect(kind.parse(written)).toBe(value);
  });

  it.each(['0', '101', '-5', '+5', '12x', '5.0', '1e1', '0x10', '', '٣', '9'.repeat(400)])(
    'refuses %j',
    (written) => {
      expect(kind.parse(written)).toBeUndefined();
    },
  );

  it('says what it expects', () => {
    expect(kind.expected).toBe('a whole number from 1 to 100');
  });
});

describe('seconds', () => {
  it.each([
    ['0', 0],
    ['5', 5_000],
    ['1.5', 1_500],
    ['0.001', 1],
    ['4.35', 4_350],
    ['2147483.647', 2_147_483_647],
  ])('keeps %j in ms', (written, ms) => {
    expect(seconds(0).parse(written)).toBe(ms);
  });

  it.each(['-1', '.5', '5.', '1.2345', '5s', '1e3', '5,5', 'Infinity'])('refuses %j', (written) => {
    expect(seconds(0).parse(written)).toBeUndefined();
  });

  it('refuses what a timer of Node would run at once', () => {
    expect(seconds(0).parse('2147483.648')).toBeUndefined();
  });

  it('refuses 0 where a time is needed', () => {
    expect(seconds(1).parse('0')).toBeUndefined();
    expect(seconds(1).parse('0.001')).toBe(1);
  });

  it('writes seconds', () => {
    expect([0, 1, 1_500, 300_000].map(seconds(0).format)).toEqual(['0', '0.001', '1.5', '300']);
  });
});

describe('port', () => {
  it.each([
    ['143', 143],
    ['imap', 143],
    ['IMAPS', 993],
    ['65535', 65_535],
  ])('reads %j', (written, value) => {
    expect(port(1).parse(written)).toBe(value);
  });

  it.each(['0', '65536', 'smtp', '143/tcp'])('refuses %j', (written) => {
    expect(port(1).parse(written)).toBeUndefined();
  });

  it('reads 0 where the system may pick a port', () => {
    expect(port(0).parse('0')).toBe(0);
  });
});

describe('host', () => {
  it('reads what is an address or a name, and nothing else', () => {
    expect(host.parse('mail.example.org')).toBe('mail.example.org');
    expect(host.parse('mail.example.org:143')).toBeUndefined();
  });
});

describe('paths', () => {
  it.each([
    ['/a.pem', ['/a.pem']],
    ['/a.pem  b/c.pem\t/d.pem', ['/a.pem', 'b/c.pem', '/d.pem']],
    ['/a,b.pem', ['/a,b.pem']],
  ])('reads %j', (written, value) => {
    expect(paths.parse(written)).toEqual(value);
    expect(paths.parse(paths.format(value))).toEqual(value);
  });

  it('refuses blanks alone', () => {
    expect(paths.parse(' \t')).toBeUndefined();
  });
});

describe('fileMode', () => {
  it.each([
    ['0660', 0o660],
    ['660', 0o660],
    ['0777', 0o777],
    ['000', 0],
  ])('reads %j', (written, value) => {
    expect(fileMode.parse(written)).toBe(value);
    expect(fileMode.parse(fileMode.format(value))).toBe(value);
  });

  it.each(['', '66', '0o660', '1660', '0888', '-660', '00660', 'rw-rw----', '660 '])(
    'refuses %j',
    (written) => {
      expect(fileMode.parse(written)).toBeUndefined();
    },
  );

  it('writes four digits', () => {
    expect([0o660, 0o7].map(fileMode.format)).toEqual(['0660', '0007']);
  });
});

describe('choice', () => {
  it('reads each choice in any case of letters, and nothing else', () => {
    const kind = choice('LOG_MAIL', 'LOG_USER');
    expect(kind.parse('log_user')).toBe('LOG_USER');
    expect(kind.parse('LOG_USERS')).toBeUndefined();
  });

  it('gives numbers back as numbers', () => {
    expect(choice(4, 6).parse('6')).toBe(6);
    expect(choice(4, 6).parse('5')).toBeUndefined();
  });

  it('names all choices', () => {
    expect(choice('auto', 'json', 'pretty').expected).toBe('auto, json or pretty');
  });
});

describe('text', () => {
  it('takes a value as it is', () => {
    expect(text('a path').parse('/a b')).toBe('/a b');
  });
});

describe('secret', () => {
  it('holds a value without ever writing it', () => {
    const value = secret.parse('hunter2');
    expect(value).toBeInstanceOf(Secret);
    expect(value?.expose().toString()).toBe('hunter2');
    expect(value && secret.format(value)).toBe('[secret]');
  });
});
