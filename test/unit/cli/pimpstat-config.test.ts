import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPimpstatConfig, type PimpstatConfig } from '../../../src/cli/pimpstat-config.ts';
import { TempDirectory } from '../../support/temp-directory.ts';

let directory: TempDirectory;
let file: string;

beforeEach(() => {
  directory = new TempDirectory('pimpstat-config');
  file = join(directory.path, 'imapproxy.conf');
});

afterEach(() => directory.remove());

function load(text: string): PimpstatConfig {
  writeFileSync(file, text);
  return loadPimpstatConfig(file);
}

describe('loadPimpstatConfig', () => {
  it('finds the stat file and whether there is a SELECT cache', () => {
    const config = load('stat_filename /srv/stats\nenable_select_cache yes\n');
    expect(config).toMatchObject({ statFilename: '/srv/stats', enableSelectCache: true });
  });

  it('has the defaults of the daemon', () => {
    expect(load('')).toMatchObject({ statFilename: '/var/run/pimpstats', enableSelectCache: false });
  });

  it('does not mind errors that only the daemon must mind', () => {
    const config = load('listen_port nonsense\ncache_size\nstat_filename /srv/stats\n');
    expect(config.statFilename).toBe('/srv/stats');
  });

  it.each([
    ['stat_filename\n', /:1: error: stat_filename: expected a value/],
    ['stat_filename= /srv/stats\n', /:1: error: stat_filename: /],
    ['enable_select_cache perhaps\n', /:1: error: enable_select_cache: expected yes or no/],
    ['server_hostname a\n\u0001\n', /:2: error: cannot read a control character/],
  ])('refuses %j', (text, message) => {
    expect(() => load(text)).toThrow(message);
  });

  it('refuses a file that is not there', () => {
    expect(() => loadPimpstatConfig(file)).toThrow(
      `Cannot use the configuration: ${file}: error: cannot read`,
    );
  });
});
