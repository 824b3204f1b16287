import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatFinding } from '../../../src/config/finding.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';

const resolve = (text: string) => resolveConfig('f', parseConfig('f', text).settings);
const findingsOf = (text: string) => resolve(text).findings.map(formatFinding);

describe('resolveConfig', () => {
  it('takes values from the file and the rest from the table, and remembers which', () => {
    const { config, origins, findings } = resolve('\ncache_size 7\nconnect_delay 0.5\nlisten_port imaps\n');
    expect(config).toMatchObject({ cacheSize: 7, connectDelayMs: 500, listenPort: 993, connectRetries: 10 });
    expect(origins).toMatchObject({
      cacheSize: 2,
      connectDelayMs: 3,
      listenPort: 4,
      connectRetries: 'default',
    });
    expect(findings).toEqual([]);
  });

  it('gives a configuration that cannot be changed', () => {
    const { config, origins } = resolve('cache_size 7');
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(origins)).toBe(true);
  });

  it('finds everything at once, in the order of lines', () => {
    expect(findingsOf('cache_size 12x\nnonsense 1\nlisten_port -1\ndns_rr on\ncache_size 0\n')).toEqual([
      'f:2: warning: nonsense: unknown directive, ignored',
      "f:3: error: listen_port: expected a port number from 0 to 65535, imap or imaps, not '-1'",
      "f:4: error: dns_rr: expected yes or no, not 'on'",
      'f:5: warning: cache_size: replaces the value set in line 1',
      "f:5: error: cache_size: expected a whole number from 1 to 1000000, not '0'",
    ]);
  });

  it('keeps the default where a value cannot be read', () => {
    expect(resolve('cache_size 12x').config.cacheSize).toBe(3072);
  });

  it('takes the last of several lines, warning at each about the one before', () => {
    const text = 'cache_size 1\ncache_size 2\nCACHE_SIZE 3\n';
    expect(resolve(text).config.cacheSize).toBe(3);
    expect(findingsOf(text)).toEqual([
      'f:2: warning: cache_size: replaces the value set in line 1',
      'f:3: warning: cache_size: replaces the value set in line 2',
    ]);
  });

  it('asks whether a mistyped directive was meant to be a known one', () => {
    expect(findingsOf('tls_no_tlsv1_2 yes')).toEqual([
      'f:1: warning: tls_no_tlsv1_2: unknown directive, ignored; did you mean tls_no_tlsv1.2?',
    ]);
  });

  it('refuses a known directive that has more than a blank behind it', () => {
    expect(findingsOf('force_tls= yes')).toEqual([
      'f:1: error: force_tls: unknown directive: expected a blank between keyword and value',
    ]);
  });

  it('warns about a keyword that is no name at all', () => {
    expect(findingsOf('"cache_size" 5')).toEqual([
      'f:1: warning: unknown directive: expected a blank between keyword and value',
    ]);
  });

  it('repeats no more than the beginning of a long value', () => {
    const [finding] = findingsOf(`cache_size ${'9'.repeat(10_000)}`);
    expect(finding).toMatch(/, not '9{60}\.\.\.'$/);
  });

  it.each([
    'force_tls yes',
    'server_tls implicit',
    'tls_verify_server no',
    'tls_ca_file /x',
    'tls_no_tlsv1 yes',
    'tls_no_tlsv1 no',
    'tls_no_tlsv1.1 no',
    'tls_no_tlsv1.2 no',
    'auth_sasl_mech login',
    'auth_sasl_mech plain',
    'preauth_command NOOP',
    'enable_admin_commands yes',
    'enable_select_cache no',
    'enable_select_cache yes',
    'enable_admin_commands no',
    'foreground_mode yes',
    'foreground_mode no',
    'proc_username root',
    'proc_groupname nogroup',
    'run_as_root yes',
    'chroot_directory /x',
    'syslog_facility LOG_MAIL',
    'syslog_prioritymask LOG_WARNING',
  ])('says nothing about %j', (text) => {
    expect(findingsOf(text)).toEqual([]);
  });

  it('never prints a secret, whatever prints the configuration', () => {
    const resolution = resolve('auth_shared_secret hunter2\nauth_sasl_plain_password hunter2\n');
    expect(resolution.config.authSharedSecret?.expose().toString()).toBe('hunter2');
    expect(JSON.stringify(resolution) + inspect(resolution, { depth: 9 })).not.toContain('hunter2');
  });
});
