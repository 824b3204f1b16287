import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CONFIG_KEYS, DIRECTIVES } from '../../../src/config/directives.ts';
import { loadConfig, readConfig } from '../../../src/config/load.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';
import { configPage, GENERATED_FILES, sampleFile } from '../../../tools/generate-docs.ts';

const ROOT = join(import.meta.dirname, '../../..');
const names = CONFIG_KEYS.map((key) => DIRECTIVES[key].name);

describe('generated files', () => {
  it.each([...GENERATED_FILES])('%s is what `node tools/generate-docs.ts` writes', (path, render) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(render());
  });
});

describe('docs/config.md', () => {
  it.each(names)('has a heading for %s', (name) => {
    expect(configPage().split('\n')).toContain(`### ${name}`);
  });
});

describe('the sample file', () => {
  it('is used without a finding', () => {
    const { config, findings } = loadConfig(join(ROOT, 'etc/imapproxy.conf'));
    expect(findings).toEqual([]);
    expect(config).toMatchObject({
      serverHostname: 'localhost',
      listenAddress: '127.0.0.1',
      listenPort: 1143,
    });
  });

  it('holds every directive once, with a value that can be read', () => {
    const { origins, findings } = readConfig('f', sampleFile().replaceAll(/^#(?=[a-z])/gm, ''));
    expect(CONFIG_KEYS.filter((key) => origins[key] === 'default')).toEqual([]);
    expect(findings.filter(({ message }) => /^(?:expected|replaces|unknown)/.test(message))).toEqual([]);
  });

  it('shows the defaults that are in force without it', () => {
    const { config } = readConfig('f', sampleFile().replaceAll(/^#(?=[a-z])/gm, ''));
    const { config: defaults } = resolveConfig('f', []);
    const differing = CONFIG_KEYS.filter(
      (key) => defaults[key] !== undefined && !isDeepStrictEqual(config[key], defaults[key]),
    );
    expect(differing).toEqual(['listenPort']);
  });

  it('keeps to 80 columns', () => {
    expect(
      Math.max(
        ...sampleFile()
          .split('\n')
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(80);
  });
});
