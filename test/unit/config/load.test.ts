import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, formatFinding } from '../../../src/config/finding.ts';
import { loadConfig, readConfig } from '../../../src/config/load.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'imapproxy-config-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function errorOf(task: () => unknown): ConfigError {
  try {
    task();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected a ConfigError');
}

describe('loadConfig', () => {
  it('reads the file it is given', () => {
    const file = join(directory, 'imapproxy.conf');
    writeFileSync(file, 'server_hostname mail.example.org\r\nserver_port 1430');
    const { config, findings } = loadConfig(file);
    expect(config).toMatchObject({ serverHostname: 'mail.example.org', serverPort: 1430, listenPort: 143 });
    expect(findings).toEqual([]);
  });

  it('hands warnings back', () => {
    const { findings } = loadConfig('f', 'listen_port 0\nnonsense 1\n');
    expect(findings.map(formatFinding)).toEqual(['f:2: warning: nonsense: unknown directive, ignored']);
  });

  it('throws once, with all findings in the order of lines', () => {
    const text = 'nonsense 1\nlisten_port x\ncache_size\ndns_rr 1\nserver_hostname mail.example.org';
    const error = errorOf(() => loadConfig('f', text));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', fault: 'operator' });
    expect(error.findings.map(({ line, severity }) => [line, severity])).toEqual([
      [1, 'warning'],
      [2, 'error'],
      [3, 'error'],
      [4, 'error'],
    ]);
    expect(error.message).toBe(
      'Cannot use the configuration: ' +
        "f:2: error: listen_port: expected a port number from 0 to 65535, imap or imaps, not 'x' (and 2 more)",
    );
  });

  it.each([
    ['is not there', 'missing', 'ENOENT'],
    ['is a directory', '.', 'EISDIR'],
  ])('throws one clear finding when the file %s', (_, name, reason) => {
    const file = join(directory, name);
    const { findings } = errorOf(() => loadConfig(file));
    expect(findings).toEqual([
      {
        severity: 'error',
        file,
        line: undefined,
        message: expect.stringContaining(`cannot read the file: ${reason}`),
      },
    ]);
  });

  it('refuses an empty file, because the proxy would connect to itself', () => {
    const { findings } = errorOf(() => loadConfig('f', ''));
    expect(findings.map(formatFinding)).toEqual([
      'f: error: listen_port: the proxy would connect to itself: localhost port 143',
    ]);
  });

  it('blames a line for a connection to itself where there is one', () => {
    const { findings } = errorOf(() => loadConfig('f', 'server_hostname 127.0.0.1\nserver_port 143\n'));
    expect(findings.map(formatFinding)).toEqual([
      'f:2: error: listen_port: the proxy would connect to itself: 127.0.0.1 port 143',
    ]);
  });
});

describe('readConfig', () => {
  it('asks the machine it is given which addresses are its own', () => {
    const text = 'server_hostname 192.0.2.5';
    const machine = { hostname: 'gate', addresses: ['192.0.2.5'] };
    expect(readConfig('f', text, machine).findings).toHaveLength(1);
    expect(readConfig('f', text, { ...machine, addresses: [] }).findings).toEqual([]);
  });
});
