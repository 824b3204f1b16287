/** What the directives about TLS amount to together. */
import { type Config, DIRECTIVES } from './directives.ts';
import type { Finding } from './finding.ts';
import type { Resolution } from './resolve.ts';
import type { TlsConfig, TlsVersion } from './tls-directives.ts';

/** `auto`: STARTTLS where the server says LOGINDISABLED, the classic rule. */
export type ServerTlsMode = 'off' | 'auto' | 'starttls' | 'implicit';

const IMAPS_PORT = 993;

/** The classic directives, from the oldest version up, and the lowest version that each of them leaves. */
const REFUSALS = [
  { key: 'tlsNoTlsv1', refused: '1.0', leaves: '1.1' },
  { key: 'tlsNoTlsv11', refused: '1.1', leaves: '1.2' },
  { key: 'tlsNoTlsv12', refused: '1.2', leaves: '1.3' },
] as const;

/** How the connection to the server is encrypted, all directives considered. */
export function serverTlsMode(config: Pick<Config, 'serverTls' | 'forceTls' | 'serverPort'>): ServerTlsMode {
  if (config.serverTls !== 'auto') return config.serverTls;
  if (config.serverPort === IMAPS_PORT) return 'implicit';
  return config.forceTls ? 'starttls' : 'auto';
}

/**
 * The lowest version of TLS to speak. A version that is refused takes every older one with it: what is spoken
 * is a range, without holes.
 */
export function lowestTlsVersion(config: TlsConfig): TlsVersion {
  const floors = REFUSALS.filter(({ key }) => config[key]).map(({ leaves }) => leaves);
  return [config.tlsMinVersion, ...floors].toSorted().at(-1) ?? config.tlsMinVersion;
}

/** What can only be seen by looking at several directives about TLS. */
export function checkTls(resolution: Resolution): Finding[] {
  const { config } = resolution;
  const findings: Finding[] = [];
  const report = (severity: Finding['severity'], key: keyof Config, message: string): void => {
    const origin = resolution.origins[key];
    const line = origin === 'default' ? undefined : origin;
    findings.push({ severity, file: resolution.file, line, directive: DIRECTIVES[key].name, message });
  };
  const mode = serverTlsMode(config);
  if (config.forceTls && mode === 'off') report('error', 'forceTls', 'contradicts server_tls off');
  if (config.serverPort === IMAPS_PORT && mode !== 'implicit') {
    report('warning', 'serverPort', `servers expect TLS from the first octet here, not server_tls ${mode}`);
  }
  if (config.tlsKeyFile !== undefined && config.tlsCertFile === undefined) {
    report('warning', 'tlsKeyFile', 'without effect: tls_cert_file is not set');
  }
  for (const { key, refused } of versionHoles(resolution)) {
    const lowest = lowestTlsVersion(config);
    report(
      'warning',
      key,
      `refuses all that is older than TLS ${refused} too: TLS ${lowest} is the lowest now`,
    );
  }
  return findings;
}

/** Refusals of a version while an older one that `tls_min_version` does not exclude in so many words is let in. */
function versionHoles({ config, origins }: Resolution): (typeof REFUSALS)[number][] {
  const floor = origins.tlsMinVersion === 'default' ? '1.0' : config.tlsMinVersion;
  return REFUSALS.filter(
    ({ key, refused }) =>
      config[key] &&
      REFUSALS.some((older) => older.refused < refused && older.refused >= floor && !config[older.key]),
  );
}
