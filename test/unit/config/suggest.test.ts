import { describe, expect, it } from 'vitest';
import { KEYS_BY_NAME } from '../../../src/config/directives.ts';
import { suggest } from '../../../src/config/suggest.ts';

const NAMES = [...KEYS_BY_NAME.keys()];

describe('suggest', () => {
  it.each([
    ['cache_siez', 'cache_size'],
    ['cachesize', 'cache_size'],
    ['listen_prot', 'listen_port'],
    ['force_tls_', 'force_tls'],
    ['tls_no_tlsv1_2', 'tls_no_tlsv1.2'],
    ['server_host', 'server_hostname'],
    ['cache_expiration', 'cache_expiration_time'],
  ])('takes %j for %j', (written, name) => {
    expect(suggest(written, NAMES)).toBe(name);
  });

  it.each(['', 'log', 'workers', 'ssl', 'x'.repeat(10_000)])('has no idea what %j could be', (written) => {
    expect(suggest(written, NAMES)).toBeUndefined();
  });
});
