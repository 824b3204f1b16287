import { describe, expect, it } from 'vitest';
import { CONFIG_KEYS } from '../../../src/config/directives.ts';
import { explain, summaryOf } from '../../../src/config/explain.ts';
import { readConfig } from '../../../src/config/load.ts';

const FILE = '/etc/imapproxy.conf';
const linesOf = (text: string) => explain(readConfig(FILE, text)).split('\n');
const lineOf = (text: string, name: string) => linesOf(text).find((line) => line.startsWith(`${name} `));

describe('explain', () => {
  it('prints value, unit and line of what is set, and the description below', () => {
    const lines = linesOf('\ncache_expiration_time 1.5\n');
    const index = lines.findIndex((line) => line.startsWith('cache_expiration_time'));
    expect(lines.slice(index, index + 3)).toEqual([
      'cache_expiration_time     1.5 seconds                         /etc/imapproxy.conf:2',
      '    How long a parked connection may wait for the next login of its user.',
      '',
    ]);
  });

  it('marks defaults, and what is not set at all', () => {
    expect(lineOf('', 'connect_retries')).toMatch(/^connect_retries +10 attempts +default$/);
    expect(lineOf('', 'listen_address')).toMatch(/^listen_address +not set +default$/);
  });

  it('has three lines for every directive', () => {
    expect(linesOf('')).toHaveLength(CONFIG_KEYS.length * 3);
  });

  it('keeps to 100 columns', () => {
    expect(Math.max(...linesOf('').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('shows that a secret is set, and not which', () => {
    const text = 'auth_shared_secret hunter2\nauth_sasl_plain_password hunter2';
    expect(lineOf(text, 'auth_shared_secret')).toMatch(/^auth_shared_secret +\[secret\] +\S+:1$/);
    expect(linesOf(text).join()).not.toContain('hunter2');
  });
});

describe('summaryOf', () => {
  it('is the first sentence', () => {
    expect(summaryOf('Whether TLS 1.2 is refused. Then more. And more.')).toBe('Whether TLS 1.2 is refused.');
    expect(summaryOf('One only.')).toBe('One only.');
  });
});
