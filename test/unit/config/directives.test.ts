import { describe, expect, it } from 'vitest';
import { CONFIG_KEYS, DIRECTIVES, KEYS_BY_NAME, THEMES } from '../../../src/config/directives.ts';
import { summaryOf } from '../../../src/config/explain.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';

/** The keys of the classic daemon, from its sample file, its manual and the last change upstream. */
const CLASSIC_NAMES = `
  server_hostname server_port connect_retries connect_delay cache_size listen_port listen_address
  cache_expiration_time preauth_command auth_sasl_plain_username auth_sasl_plain_password auth_shared_secret
  auth_sasl_mech proc_username proc_groupname stat_filename protocol_log_filename syslog_facility
  syslog_prioritymask tls_ca_file tls_ca_path tls_cert_file tls_key_file tls_ciphers tls_verify_server
  tls_no_tlsv1 tls_no_tlsv1.1 tls_no_tlsv1.2 send_tcp_keepalives chroot_directory enable_select_cache
  foreground_mode force_tls enable_admin_commands ipversion_only dns_rr
`
  .trim()
  .split(/\s+/);

const all = CONFIG_KEYS.map((key) => [DIRECTIVES[key].name, key] as const);

describe('the table of directives', () => {
  it('knows the 36 names of the classic daemon, marked as such', () => {
    const classic = CONFIG_KEYS.filter((key) => DIRECTIVES[key].since === 'classic');
    expect(classic.map((key) => DIRECTIVES[key].name).toSorted()).toEqual(CLASSIC_NAMES.toSorted());
    expect(CLASSIC_NAMES).toHaveLength(36);
  });

  it('has every name once', () => {
    expect(KEYS_BY_NAME.size).toBe(CONFIG_KEYS.length);
  });

  it('shows every directive under one theme', () => {
    expect(THEMES.flatMap(({ keys }) => keys)).toEqual(CONFIG_KEYS);
  });

  it('applies the documented defaults of the classic daemon', () => {
    expect(resolveConfig('f', []).config).toMatchObject({
      serverHostname: 'localhost',
      serverPort: 143,
      connectRetries: 10,
      connectDelayMs: 5_000,
      cacheSize: 3072,
      cacheExpirationMs: 300_000,
      listenPort: 143,
      listenAddress: undefined,
      procUsername: 'nobody',
      procGroupname: 'nogroup',
      statFilename: '/var/run/pimpstats',
      protocolLogFilename: '/var/log/imapproxy_protocol.log',
      syslogFacility: 'LOG_MAIL',
      sendTcpKeepalives: false,
      foregroundMode: false,
      forceTls: false,
      dnsRr: false,
      ipversionOnly: undefined,
    });
  });

  it('verifies the server unless told otherwise, unlike the classic daemon', () => {
    expect(DIRECTIVES.tlsVerifyServer.fallback).toBe(true);
  });

  it('applies the defaults of its own directives', () => {
    expect(resolveConfig('f', []).config).toMatchObject({
      clientLoginTimeoutMs: 60_000,
      clientIdleTimeoutMs: 1_800_000,
      serverConnectTimeoutMs: 4_000,
      serverLoginTimeoutMs: 30_000,
      serverWaitTimeoutMs: 4_000,
      maxConnectionsPerUser: 0,
      maxParkedPerUser: 4,
      drainTimeoutMs: 10_000,
      announceReuse: false,
      logLevel: 'info',
      logFormat: 'auto',
    });
  });

  it.each(all)('names %s in lower case with underscores', (name) => {
    expect(name).toMatch(/^[a-z][a-z0-9_.]+$/);
  });

  it.each(all)('describes %s in one to three sentences, the first of them fit for one line', (_, key) => {
    const { doc } = DIRECTIVES[key];
    expect(doc).toMatch(/^[A-Z].*\.$/);
    expect(doc.split('. ').length).toBeLessThanOrEqual(3);
    expect(summaryOf(doc).length).toBeLessThanOrEqual(96);
  });

  it.each(all)('has a default or an example for %s that the file may hold', (_, key) => {
    const { kind, fallback, example } = DIRECTIVES[key];
    const written = fallback === undefined ? example : (kind.format as (value: unknown) => string)(fallback);
    expect(kind.parse(written ?? '')).toBeDefined();
  });
});
