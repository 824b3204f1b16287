import { execFileSync, type StdioOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';

/** Where and with what was measured, for whoever compares the figures with others. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  /** Of the programs, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${systemName()}, Linux ${release()}`,
    versions: {
      imapproxyd: packageVersion(),
      'Node.js': process.versions.node,
      'classic imapproxyd': debianVersion('imapproxy'),
      nginx: debianVersion('nginx'),
      HAProxy: debianVersion('haproxy'),
      Dovecot: debianVersion('dovecot-core'),
    },
  };
}

function systemName(): string {
  const name = /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  return name ?? 'Linux';
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version: unknown }).version);
}

function debianVersion(name: string): string {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] satisfies StdioOptions;
    const status = execFileSync('dpkg-query', ['--status', name], { encoding: 'utf8', stdio });
    return /^Version: (.*)$/m.exec(status)?.[1] ?? 'unknown';
  } catch {
    return 'not from Debian';
  }
}
