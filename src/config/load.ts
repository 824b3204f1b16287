import { readFileSync } from 'node:fs';
import { checkClients } from './client-policy.ts';
import { type Config, DIRECTIVES } from './directives.ts';
import { ConfigError, type Finding, hasErrors } from './finding.ts';
import { parseConfig } from './parse.ts';
import { byLine, type Resolution, resolveConfig } from './resolve.ts';
import { connectsToItself, type Machine, thisMachine } from './self-connection.ts';
import { checkTls } from './tls-policy.ts';

/**
 * Reads and checks the configuration file for use; the findings of the result are warnings.
 *
 * @param text what the file holds, where that is known already.
 * @throws ConfigError with all findings when the file cannot be read or one of them is an error.
 */
export function loadConfig(file: string, text?: string | Uint8Array): Resolution {
  const resolution = readConfig(file, text);
  if (hasErrors(resolution.findings)) throw new ConfigError(resolution.findings);
  return resolution;
}

/**
 * Reads and checks the configuration file for `--check-config` and `--explain`. Never throws: a file that
 * cannot be read is one finding, and the defaults then stand in for everything.
 *
 * @param machine decides what is a connection to the proxy itself.
 */
export function readConfig(
  file: string,
  text?: string | Uint8Array,
  machine: Machine = thisMachine(),
): Resolution {
  let content: string | Uint8Array;
  try {
    content = text ?? readFileSync(file);
  } catch (error) {
    return unreadable(file, error);
  }
  const parsed = parseConfig(file, content);
  const resolution = resolveConfig(file, parsed.settings);
  const findings = [...parsed.findings, ...resolution.findings];
  // Where a value could not be read its default stands in, and what that leads to is nobody's fault.
  if (!hasErrors(findings)) findings.push(...checkTogether(resolution, machine));
  return { ...resolution, findings: byLine(findings) };
}

function unreadable(file: string, error: unknown): Resolution {
  const cause = error instanceof Error ? error.message : String(error);
  const message = `cannot read the file: ${cause}`;
  return { ...resolveConfig(file, []), findings: [{ severity: 'error', file, line: undefined, message }] };
}

/** What can only be seen by looking at several directives, or at their defaults. */
function checkTogether(resolution: Resolution, machine: Machine): Finding[] {
  const { file, config, origins } = resolution;
  const findings: Finding[] = [];
  if (connectsToItself(config, machine)) {
    const key = [origins.listenPort, origins.serverPort, origins.serverHostname, origins.listenAddress];
    const line = key.find((origin) => origin !== 'default');
    const message = `the proxy would connect to itself: ${config.serverHostname} port ${config.serverPort}`;
    findings.push({ severity: 'error', file, line, directive: 'listen_port', message });
  }
  findings.push(...checkTls(resolution), ...checkClients(resolution));
  findings.push(...checkSharedSecret(file, config, origins));
  return findings;
}

/** A part of the three would leave it open as whom users are logged in. */
function checkSharedSecret(file: string, config: Config, origins: Resolution['origins']): Finding[] {
  const keys = ['authSaslPlainUsername', 'authSaslPlainPassword', 'authSharedSecret'] as const;
  const missing = keys.filter((key) => config[key] === undefined);
  if (missing.length === 0 || missing.length === keys.length) return [];
  return keys
    .filter((key) => config[key] !== undefined)
    .map((key) => ({
      severity: 'error',
      file,
      line: origins[key] === 'default' ? undefined : origins[key],
      directive: DIRECTIVES[key].name,
      message: `works only together with ${missing.map((other) => DIRECTIVES[other].name).join(' and ')}`,
    }));
}
