import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIG_KEYS, type Config, DIRECTIVES } from '../../../src/config/directives.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';

/** What this version takes without an error; the secrets, compared by content, have a unit test. */
type Settable = Omit<
  Config,
  'preauthCommand' | 'authSaslPlainUsername' | 'authSaslPlainPassword' | 'authSharedSecret'
>;

const MAX_MS = 2 ** 31 - 1;
const yesNo = fc.boolean();
const ms = (min: 0 | 1) => fc.integer({ min, max: MAX_MS });
const count = (min: 0 | 1) => fc.integer({ min, max: 1_000_000 });
const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
/** Text without what ends a line or a value. */
const text = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((value) => !/[#\p{Cc}]|^ | $/u.test(value) && value.isWellFormed());

const someNetworks = fc.subarray(['10.0.0.0/8', '192.0.2.7', '::1'], { minLength: 1 });
const fileNames = fc.subarray(['/a.pem', 'b/c.pem', 'd'], { minLength: 1 });

const SETTABLE: { readonly [K in keyof Settable]: fc.Arbitrary<NonNullable<Settable[K]>> } = {
  serverHostname: host,
  serverPort: fc.integer({ min: 1, max: 65_535 }),
  connectRetries: count(0),
  connectDelayMs: ms(0),
  serverConnectTimeoutMs: ms(1),
  dnsRr: yesNo,
  ipversionOnly: fc.constantFrom(4, 6),
  serverLoginTimeoutMs: ms(1),
  authSaslMech: fc.constantFrom('login', 'plain'),
  serverTls: fc.constantFrom('auto', 'off', 'starttls', 'implicit'),
  forceTls: yesNo,
  tlsVerifyServer: yesNo,
  tlsServerName: host,
  tlsCaFile: text,
  tlsCaPath: text,
  tlsCertFile: text,
  tlsKeyFile: text,
  tlsCiphers: text,
  tlsMinVersion: fc.constantFrom('1.0', '1.1', '1.2', '1.3'),
  tlsNoTlsv1: yesNo,
  tlsNoTlsv11: yesNo,
  tlsNoTlsv12: yesNo,
  listenAddress: host,
  listenPort: fc.integer({ min: 0, max: 65_535 }),
  clientLoginTimeoutMs: ms(1),
  clientIdleTimeoutMs: ms(1),
  sendTcpKeepalives: yesNo,
  announceReuse: yesNo,
  enableAdminCommands: yesNo,
  adminNetworks: someNetworks,
  listenTlsPort: fc.integer({ min: 0, max: 65_535 }),
  requireTls: fc.constantFrom('no', 'remote', 'yes'),
  clientTlsCertFile: fileNames,
  clientTlsKeyFile: fileNames,
  clientTlsMinVersion: fc.constantFrom('1.0', '1.1', '1.2', '1.3'),
  clientTlsCiphers: text,
  clientTlsVerify: fc.constantFrom('off', 'request', 'require'),
  clientTlsCaFile: text,
  clientTlsCaPath: text,
  listenUnix: text,
  listenUnixMode: fc.integer({ min: 0, max: 0o777 }),
  allowNetworks: someNetworks,
  denyNetworks: someNetworks,
  trustedNetworks: someNetworks,
  proxyProtocol: yesNo,
  serverProxyProtocol: fc.constantFrom('no', 'v1', 'v2'),
  forwardClientAddress: fc.constantFrom('no', 'login', 'always'),
  announceSessionId: yesNo,
  cacheSize: count(1),
  cacheExpirationMs: ms(0),
  maxConnectionsPerUser: count(0),
  maxParkedPerUser: count(0),
  serverWaitTimeoutMs: ms(0),
  reauthIntervalMs: ms(0),
  serverLifetimeMs: ms(0),
  serverMaxUses: count(0),
  checkDelayMs: ms(0),
  parkIdleMs: ms(0),
  answerFromMemory: yesNo,
  enableSelectCache: yesNo,
  foregroundMode: yesNo,
  procUsername: text,
  procGroupname: text,
  runAsRoot: yesNo,
  chrootDirectory: text,
  drainTimeoutMs: ms(0),
  statFilename: text,
  logLevel: fc.constantFrom('error', 'warn', 'info', 'debug'),
  logFormat: fc.constantFrom('auto', 'json', 'pretty'),
  syslogFacility: fc.constantFrom('LOG_MAIL', 'LOG_AUTHPRIV', 'LOG_LOCAL7'),
  syslogPrioritymask: fc.constantFrom('LOG_EMERG', 'LOG_DEBUG'),
  protocolLogFilename: text,
};

const blanks = fc.string({ unit: fc.constantFrom(' ', '\t'), maxLength: 3 });
/** What may stand around a directive without changing it. */
const layout = fc.record({
  before: fc.constantFrom('', '\n', '# comment\n', ' \t# comment\r\n'),
  indent: blanks,
  isUpperCase: fc.boolean(),
  gap: blanks.map((more) => ` ${more}`),
  after: fc.constantFrom('\n', '\r\n', ' \t\n', '# comment\n', ' # comment\r\n'),
});
type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

function written<K extends keyof Config>(key: K, config: Partial<Config>, how: Layout): string {
  const { name, kind } = DIRECTIVES[key];
  const value = config[key];
  if (value === undefined) return '';
  const keyword = how.isUpperCase ? name.toUpperCase() : name;
  return `${how.before}${how.indent}${keyword}${how.gap}${kind.format(value)}${how.after}`;
}

describe('a configuration', () => {
  it('is read back as it was written, whatever the layout', () => {
    fc.assert(
      fc.property(fc.record(SETTABLE, { requiredKeys: [] }), layout, (values, how) => {
        const file = CONFIG_KEYS.map((key) => written(key, values, how)).join('');
        const { settings, findings } = parseConfig('f', file);
        const resolution = resolveConfig('f', settings);
        expect([...findings, ...resolution.findings].filter(({ severity }) => severity === 'error')).toEqual(
          [],
        );
        expect(resolution.config).toEqual({ ...resolveConfig('f', []).config, ...values });
      }),
    );
  });
});
