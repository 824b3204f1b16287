import { describe, expect, it } from 'vitest';
import {
  CONSERVATIVE_CAPABILITIES,
  capabilitiesIn,
  filterCapabilities,
  filterCapabilityLine,
  greetingCapabilities,
  hasCapability,
  parseCapabilities,
} from '../../../src/protocol/capability.ts';
import { parseResponse } from '../../../src/protocol/response-line.ts';

/** As Dovecot 2.3 greets, and some words of other servers. */
const GREETED =
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS AUTH=PLAIN AUTH=SCRAM-SHA-256';

describe('parseCapabilities', () => {
  it('keeps order and letter case, and each word once', () => {
    expect(parseCapabilities(' IMAP4rev1  Idle IMAP4rev1 IDLE ')).toEqual(['IMAP4rev1', 'Idle', 'IDLE']);
    expect(parseCapabilities('')).toEqual([]);
  });
});

describe('capabilitiesIn', () => {
  it.each([
    '* CAPABILITY A B\r\n',
    '* capability A B\r\n',
    '* OK [CAPABILITY A B] x\r\n',
    'a1 OK [capability A B] x\r\n',
  ])('finds the list in %j', (text) => {
    expect(capabilitiesIn(parseResponse(Buffer.from(text)))).toEqual(['A', 'B']);
  });

  it.each([
    '* ENABLED A\r\n',
    '* OK [ALERT] CAPABILITY A\r\n',
    '* OK CAPABILITY A\r\n',
    '+ CAPABILITY A\r\n',
    'x\r\n',
  ])('finds none in %j', (text) => {
    expect(capabilitiesIn(parseResponse(Buffer.from(text)))).toBeUndefined();
  });
});

describe('hasCapability', () => {
  it('compares whole words in any letter case', () => {
    expect(hasCapability(['imap4REV1', 'idle'], 'IDLE')).toBe(true);
    expect(hasCapability(['IDLES', 'XIDLE'], 'IDLE')).toBe(false);
  });
});

describe('filterCapabilities', () => {
  it.each([
    'STARTTLS',
    'starttls',
    'LOGINDISABLED',
    'COMPRESS=DEFLATE',
    'compress=x',
    'UNAUTHENTICATE',
    'LOGIN-REFERRALS',
    'XIMAPPROXY',
    'AUTH=CRAM-MD5',
    'AUTH=SCRAM-SHA-256-PLUS',
    'AUTH=GSSAPI',
    'AUTH=EXTERNAL',
    'AUTH=PLAINX',
    'AUTH=SCRAM-SHA-1',
    'AUTH=DIGEST-MD5',
    'AUTH=NTLM',
    'AUTH=XOAUTH',
    'AUTH=PLAIN-CLIENTTOKEN',
  ])('hides %s', (word) => {
    expect(filterCapabilities(['IMAP4rev1', word, 'IDLE'])).toEqual(['IMAP4rev1', 'IDLE']);
  });

  it('shows everything else in the order and letter case of the server', () => {
    const words =
      'IMAP4rev1 sasl-ir Auth=Plain AUTH=LOGIN AUTH=XOAUTH2 auth=oauthbearer LITERAL- UTF8=ACCEPT CONDSTORE NOTIFY X-GM-EXT-1 COMPRESS';
    expect(filterCapabilities(words.split(' '))).toEqual(words.split(' '));
  });
});

describe('greetingCapabilities', () => {
  it('shows the list of the server before login, without what cannot be pooled', () => {
    expect(greetingCapabilities(GREETED.split(' '))).toEqual([
      'IMAP4rev1',
      'SASL-IR',
      'ID',
      'ENABLE',
      'IDLE',
      'LITERAL+',
      'AUTH=PLAIN',
    ]);
  });

  it('adds the initial response, which the proxy itself takes', () => {
    expect(greetingCapabilities(['IMAP4rev1', 'AUTH=LOGIN'])).toEqual(['IMAP4rev1', 'AUTH=LOGIN', 'SASL-IR']);
    expect(greetingCapabilities(['IMAP4rev1', 'Sasl-Ir', 'AUTH=LOGIN'])).not.toContain('SASL-IR');
  });

  it('adds both mechanisms for a server that offers none that can be pooled', () => {
    expect(greetingCapabilities(['IMAP4rev1', 'SASL-IR', 'AUTH=CRAM-MD5'])).toEqual([
      'IMAP4rev1',
      'SASL-IR',
      'AUTH=PLAIN',
      'AUTH=LOGIN',
    ]);
  });

  it('shows the mechanisms with tokens of a server that has no others, and adds none', () => {
    const words = ['IMAP4rev1', 'SASL-IR', 'AUTH=XOAUTH2', 'AUTH=OAUTHBEARER'];
    expect(greetingCapabilities(words)).toEqual(words);
  });

  it('leaves the conservative list as it is', () => {
    expect(greetingCapabilities(CONSERVATIVE_CAPABILITIES)).toEqual(CONSERVATIVE_CAPABILITIES);
  });
});

describe('filterCapabilityLine', () => {
  const filtered = (text: string) => filterCapabilityLine(Buffer.from(text, 'latin1'))?.toString('latin1');

  it.each([
    ['* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE IDLE\r\n', '* CAPABILITY IMAP4rev1 IDLE\r\n'],
    ['* capability IMAP4rev1 starttls\n', '* capability IMAP4rev1\n'],
    [
      '* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] \xe4 ready\r\n',
      '* OK [CAPABILITY IMAP4rev1] \xe4 ready\r\n',
    ],
    ['$1.$ OK [CAPABILITY STARTTLS IDLE] [x]\r\n', '$1.$ OK [CAPABILITY IDLE] [x]\r\n'],
    ['a ok [capability idle UNAUTHENTICATE] x\r\n', 'a ok [capability idle] x\r\n'],
  ])('rewrites %j', (text, expected) => {
    expect(filtered(text)).toBe(expected);
  });

  it.each([
    '* CAPABILITY IMAP4rev1  IDLE \r\n',
    '* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n',
    '* OK [ALERT] COMPRESS=DEFLATE\r\n',
    '* OK COMPRESS=DEFLATE [CAPABILITY COMPRESS=DEFLATE]\r\n',
    'a NO [CAPABILITY COMPRESS=DEFLATE] x\r\n',
    '* 1 FETCH (BODY[] "* CAPABILITY COMPRESS=DEFLATE")\r\n',
    '* LIST () "/" "COMPRESS=DEFLATE"\r\n',
  ])('leaves %j as it is', (text) => {
    expect(filtered(text)).toBeUndefined();
  });
});
