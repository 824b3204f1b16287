import { describe, expect, it } from 'vitest';
import { neededFiles, provideOpenFiles } from '../../../src/daemon/open-files.ts';
import { createLogTo } from '../../../src/observe/logger.ts';
import { JsonLines } from '../../support/json-lines.ts';

describe('provideOpenFiles', () => {
  it('asks for two files for each server connection and some for the process', () => {
    expect(neededFiles(3072)).toBe(2 * 3072 + 64);
  });

  it('is content with a limit that is high enough', () => {
    expect(provide(100, 264)).toEqual({ raisedTo: [], warnings: [] });
  });

  it('is content without any limit', () => {
    expect(provide(100, 'unlimited')).toEqual({ raisedTo: [], warnings: [] });
  });

  it('raises a limit that is too low', () => {
    expect(provide(100, 263)).toEqual({ raisedTo: [264], warnings: [] });
  });

  it('names both figures when the system refuses', () => {
    const refused = Object.assign(new Error('setrlimit'), { errno: -1 });

    const { warnings } = provide(100, 263, refused);

    expect(warnings).toEqual([
      expect.objectContaining({
        directive: 'cache_size',
        needed: 264,
        allowed: 263,
        error: 'operation not permitted',
      }),
    ]);
  });

  it('warns when the C library cannot be called', () => {
    const lines = new JsonLines();
    const log = createLogTo({ write: (line: string) => lines.push(line) }, 'debug');

    provideOpenFiles(100, undefined, log, limits(10));

    expect(lines.entries).toEqual([expect.objectContaining({ level: 'warn', needed: 264, allowed: 10 })]);
  });

  it('reads the limits of this very process', () => {
    const raisedTo: number[] = [];
    const log = createLogTo({ write: () => undefined }, 'debug');

    provideOpenFiles(1_000_000_000, (files) => void raisedTo.push(files), log);

    expect(raisedTo).toEqual([2_000_000_064]);
  });
});

function provide(cacheSize: number, allowed: number | string, refusal?: Error) {
  const raisedTo: number[] = [];
  const lines = new JsonLines();
  const log = createLogTo({ write: (line: string) => lines.push(line) }, 'debug');
  const raise = (files: number): void => {
    if (refusal !== undefined) throw refusal;
    raisedTo.push(files);
  };
  provideOpenFiles(cacheSize, raise, log, limits(allowed));
  return { raisedTo, warnings: lines.entries };
}

/** As Linux prints them; Node.js has made the soft limit equal to the hard one. */
function limits(allowed: number | string): string {
  return [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max processes             63000                63000                processes ',
    `Max open files            ${String(allowed).padEnd(20)} ${String(allowed).padEnd(20)} files     `,
    '',
  ].join('\n');
}
