import { describe, expect, it } from 'vitest';
import { canonicalHost, isHost } from '../../../src/config/host.ts';

describe('isHost', () => {
  it.each([
    'localhost',
    'mail.example.org',
    'mail.example.org.',
    'imap_backend',
    '1and1.example',
    'a'.repeat(63),
    '127.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1%eth0',
    '2001:DB8::143',
    '::ffff:192.0.2.1',
  ])('accepts %j', (text) => {
    expect(isHost(text)).toBe(true);
  });

  it.each([
    '*',
    'a..b',
    '.a',
    '-a',
    'a-',
    'a b',
    'mail.example.org:143',
    'imap://mail',
    'mäil.example',
    'a'.repeat(64),
    `${'a.'.repeat(127)}b`,
    '127.0.0.256',
    '127.0.0',
    '127.0.0.01',
    '1.2.3.4.5',
    '[::1]',
    ':::',
    '1:2:3',
    '::1]@x[',
    '',
  ])('refuses %j', (text) => {
    expect(isHost(text)).toBe(false);
  });
});

describe('canonicalHost', () => {
  it.each([
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:DB8:0::0143', '2001:db8::143'],
    ['FE80::1%eth0', 'fe80::1'],
    ['127.0.0.1', '127.0.0.1'],
    ['Mail.Example.ORG.', 'mail.example.org'],
  ])('spells %j as %j', (text, spelling) => {
    expect(canonicalHost(text)).toBe(spelling);
  });
});
