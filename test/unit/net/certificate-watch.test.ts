import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CertificateWatch } from '../../../src/net/certificate-watch.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';

const EVERY_MS = 1_000;

describe('CertificateWatch', () => {
  let directory: TempDirectory;
  let clock: FakeClock;
  let reloads: number;
  let failures: unknown[];
  let failure: Error | undefined;
  let watch: CertificateWatch;

  beforeEach(async () => {
    directory = new TempDirectory('watch');
    clock = new FakeClock();
    reloads = 0;
    failures = [];
    failure = undefined;
    mkdirSync(path('archive'));
    write('archive/cert1.pem', 'one');
    write('archive/cert2.pem', 'two');
    symlinkSync('archive/cert1.pem', path('cert.pem'));
    write('key.pem', 'key one');
    watch = new CertificateWatch(
      {
        files: [path('cert.pem'), path('key.pem'), path('archive')],
        everyMs: EVERY_MS,
        reload: () => {
          reloads += 1;
          if (failure !== undefined) throw failure;
        },
        onUnusable: (error) => failures.push(error),
      },
      clock,
    );
    await looked();
  });

  afterEach(() => {
    watch.stop();
    directory.remove();
  });

  function path(name: string): string {
    return `${directory.path}/${name}`;
  }

  function write(name: string, text: string): void {
    writeFileSync(path(name), text);
  }

  /** Waits until it has looked at the files. */
  async function looked(): Promise<void> {
    await waitUntil(() => clock.pending === 1, { what: 'a look at the files' });
  }

  async function pass(times = 1): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      clock.advance(EVERY_MS);
      await looked();
    }
  }

  it('reads nothing again while nothing changes', async () => {
    await pass(5);
    expect(reloads).toBe(0);
  });

  it.each([
    ['is written anew', () => write('key.pem', 'key two')],
    [
      'is replaced by another of the same size',
      () => {
        write('new.pem', 'key 1ne');
        renameSync(path('new.pem'), path('key.pem'));
      },
    ],
    [
      'is a link that leads elsewhere now',
      () => {
        symlinkSync('archive/cert2.pem', path('new.pem'));
        renameSync(path('new.pem'), path('cert.pem'));
      },
    ],
    ['is removed', () => rmSync(path('key.pem'))],
    ['is a directory with another file', () => write('archive/ca.pem', 'authority')],
  ])('has them read again, once, when one %s', async (_, change) => {
    change();
    await pass(1);
    expect(reloads).toBe(0);
    await pass(1);
    expect(reloads).toBe(1);
    await pass(3);
    expect(reloads).toBe(1);
  });

  it('waits until certificate and key have both been written', async () => {
    write('archive/cert1.pem', 'new certificate');
    await pass(1);
    write('key.pem', 'new key');
    await pass(1);
    expect(reloads).toBe(0);
    await pass(1);
    expect(reloads).toBe(1);
  });

  it('tells once of files that cannot be used, and tries again when they change', async () => {
    failure = new Error('the key is not that of the certificate');
    write('archive/cert1.pem', 'new certificate');
    await pass(4);
    expect(reloads).toBe(1);
    expect(failures).toEqual([failure]);

    failure = undefined;
    write('key.pem', 'new key');
    await pass(2);
    expect(reloads).toBe(2);
    expect(failures).toHaveLength(1);
  });

  it('does nothing any more once it is stopped', async () => {
    write('key.pem', 'key two');
    await pass(1);
    watch.stop();
    expect(clock.pending).toBe(0);
    clock.advance(10 * EVERY_MS);
    expect(reloads).toBe(0);
  });

  it('does nothing any more when it is stopped in the middle of a look', async () => {
    write('key.pem', 'key two');
    await pass(1);
    clock.advance(EVERY_MS);
    watch.stop();
    // Behind its own.
    for (const name of ['cert.pem', 'key.pem', 'archive']) await stat(path(name));
    expect(clock.pending).toBe(0);
    expect(reloads).toBe(0);
  });
});
