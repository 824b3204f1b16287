import { describe, expect, it } from 'vitest';
import { formatFinding } from '../../../src/config/finding.ts';
import { readConfig } from '../../../src/config/load.ts';

const nobody = { hostname: 'gate', addresses: [] };
const CERTIFICATE = 'client_tls_cert_file /c.pem';

function findingsOf(...lines: readonly string[]): readonly string[] {
  const text = ['server_hostname mail.example.org', ...lines].join('\n');
  return readConfig('f', text, nobody).findings.map(formatFinding);
}

describe('checkClients', () => {
  it.each([
    [],
    [CERTIFICATE],
    ['client_tls_cert_file /a.pem /b.pem', 'client_tls_key_file /a.key /b.key'],
    [CERTIFICATE, 'client_tls_key_file /c.key'],
    [CERTIFICATE, 'listen_tls_port 993'],
    [CERTIFICATE, 'listen_port 0', 'listen_tls_port 0'],
    [CERTIFICATE, 'require_tls yes'],
    [CERTIFICATE, 'require_tls remote'],
    [CERTIFICATE, 'client_tls_verify require', 'client_tls_ca_file /ca.pem', 'require_tls remote'],
    [CERTIFICATE, 'client_tls_verify request', 'client_tls_ca_path /ca'],
    [CERTIFICATE, 'client_tls_verify off'],
    ['proxy_protocol yes', 'trusted_networks 127.0.0.0/8'],
    ['trusted_networks 127.0.0.0/8'],
    ['allow_networks 10.0.0.0/8', 'deny_networks 10.0.0.1'],
  ])('says nothing about %j, %j', (...lines) => {
    expect(findingsOf(...lines)).toEqual([]);
  });

  it.each([
    [['listen_tls_port 993'], 'f:2: error: listen_tls_port: works only together with client_tls_cert_file'],
    [
      [CERTIFICATE, 'listen_port 1993', 'listen_tls_port 1993'],
      'f:4: error: listen_tls_port: is the same port as listen_port',
    ],
    [
      ['require_tls yes'],
      'f:2: error: require_tls: works only together with client_tls_cert_file: nobody could log in',
    ],
    [
      ['require_tls remote'],
      'f:2: error: require_tls: works only together with client_tls_cert_file: nobody could log in',
    ],
    [
      ['client_tls_key_file /c.key'],
      'f:2: error: client_tls_key_file: expected as many files as client_tls_cert_file has',
    ],
    [
      ['client_tls_cert_file /a.pem /b.pem', 'client_tls_key_file /a.key'],
      'f:3: error: client_tls_key_file: expected as many files as client_tls_cert_file has',
    ],
    [
      [CERTIFICATE, 'client_tls_verify require', 'require_tls yes'],
      'f:3: error: client_tls_verify: works only together with client_tls_ca_file or client_tls_ca_path: ' +
        'nobody is named who issues certificates',
    ],
    [
      [CERTIFICATE, 'client_tls_verify require', 'client_tls_ca_file /ca.pem'],
      'f:3: error: client_tls_verify: works only together with require_tls: clients without TLS are asked for no certificate',
    ],
    [
      ['proxy_protocol yes'],
      'f:2: error: proxy_protocol: works only together with trusted_networks: every connection would be refused',
    ],
  ])('refuses %j', (lines, finding) => {
    expect(findingsOf(...lines)).toEqual([finding]);
  });

  it('names the directive where the port that it clashes with is the default', () => {
    expect(findingsOf(CERTIFICATE, 'listen_tls_port 143')).toEqual([
      'f:3: error: listen_tls_port: is the same port as listen_port',
    ]);
  });
});
