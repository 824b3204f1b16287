import { describe, expect, it } from 'vitest';
import { formatFinding } from '../../../src/config/finding.ts';
import { readConfig } from '../../../src/config/load.ts';
import { lowestTlsVersion, serverTlsMode } from '../../../src/config/tls-policy.ts';

const nobody = { hostname: 'gate', addresses: [] };
const read = (text: string) => readConfig('f', `server_hostname mail.example.org\n${text}`, nobody);
const findingsOf = (text: string) => read(text).findings.map(formatFinding);

describe('serverTlsMode', () => {
  it.each([
    ['', 'auto'],
    ['force_tls yes', 'starttls'],
    ['server_port 993', 'implicit'],
    ['server_port imaps\nforce_tls yes', 'implicit'],
    ['server_tls auto\nserver_port 993', 'implicit'],
    ['server_tls starttls\nserver_port 993', 'starttls'],
    ['server_tls off\nserver_port 993', 'off'],
    ['server_tls implicit\nserver_port 1993', 'implicit'],
    ['server_tls starttls', 'starttls'],
    ['server_tls implicit\nforce_tls yes', 'implicit'],
  ])('makes of %j %s', (text, mode) => {
    expect(serverTlsMode(read(text).config)).toBe(mode);
  });
});

describe('lowestTlsVersion', () => {
  it.each([
    ['', '1.2'],
    ['tls_min_version 1.0', '1.0'],
    ['tls_min_version 1.3', '1.3'],
    ['tls_min_version 1.0\ntls_no_tlsv1 yes', '1.1'],
    ['tls_no_tlsv1 yes', '1.2'],
    ['tls_no_tlsv1 yes\ntls_no_tlsv1.1 yes', '1.2'],
    ['tls_no_tlsv1.2 yes', '1.3'],
    ['tls_min_version 1.3\ntls_no_tlsv1.1 yes', '1.3'],
  ])('makes of %j %s', (text, version) => {
    expect(lowestTlsVersion(read(text).config)).toBe(version);
  });
});

describe('checkTls', () => {
  it.each([
    '',
    'server_port 993',
    'force_tls yes',
    'force_tls yes\nserver_tls implicit',
    'server_tls off',
    'tls_cert_file /c\ntls_key_file /k',
    'tls_no_tlsv1 yes\ntls_no_tlsv1.1 yes\ntls_no_tlsv1.2 yes',
    'tls_min_version 1.2\ntls_no_tlsv1.2 yes',
    'tls_min_version 1.1\ntls_no_tlsv1.1 yes',
  ])('says nothing about %j', (text) => {
    expect(findingsOf(text)).toEqual([]);
  });

  it('refuses to do without what force_tls demands', () => {
    expect(findingsOf('force_tls yes\nserver_tls off')).toEqual([
      'f:2: error: force_tls: contradicts server_tls off',
    ]);
  });

  it.each(['off', 'starttls'])('doubts that a server on port 993 is spoken to with server_tls %s', (mode) => {
    expect(findingsOf(`server_port 993\nserver_tls ${mode}`)).toEqual([
      `f:2: warning: server_port: servers expect TLS from the first octet here, not server_tls ${mode}`,
    ]);
  });

  it('warns about a key without a certificate', () => {
    expect(findingsOf('tls_key_file /k')).toEqual([
      'f:2: warning: tls_key_file: without effect: tls_cert_file is not set',
    ]);
  });

  it.each([
    ['tls_no_tlsv1.2 yes', 'tls_no_tlsv1.2: refuses all that is older than TLS 1.2 too: TLS 1.3'],
    ['tls_no_tlsv1.1 yes', 'tls_no_tlsv1.1: refuses all that is older than TLS 1.1 too: TLS 1.2'],
    [
      'tls_no_tlsv1.2 yes\ntls_no_tlsv1.1 no\ntls_no_tlsv1 yes',
      'tls_no_tlsv1.2: refuses all that is older than TLS 1.2 too: TLS 1.3',
    ],
    [
      'tls_no_tlsv1.1 yes\ntls_min_version 1.0',
      'tls_no_tlsv1.1: refuses all that is older than TLS 1.1 too: TLS 1.2',
    ],
  ])('finds the hole that %j leaves', (text, finding) => {
    expect(findingsOf(text)).toEqual([`f:2: warning: ${finding} is the lowest now`]);
  });
});
