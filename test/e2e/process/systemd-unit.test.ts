import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { PrivilegeSettings } from '../../../src/daemon/privileges.ts';
import { describeAsRoot } from '../../support/as-root.ts';
import { BackgroundProgram } from '../../support/background-program.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { program } from './program.ts';

const UNIT = readFileSync(new URL('../../../etc/systemd/imapproxyd.service', import.meta.url), 'utf8');

/** As setpriv(1) writes them. */
const CAPABILITIES = settingOf('CapabilityBoundingSet').toLowerCase().replaceAll('cap_', '').split(' ');

describeAsRoot('The capabilities that the systemd unit leaves to the daemon', () => {
  it('are enough to change root directory and user', async () => {
    expect(await outcomeWith(CAPABILITIES)).toMatchObject({ log: [{ msg: 'gave up root' }] });
  });

  it.each(['setuid', 'setgid', 'sys_chroot'])('are not enough without %s', async (needed) => {
    expect(CAPABILITIES).toContain(needed);

    const others = CAPABILITIES.filter((name) => name !== needed);

    expect(await outcomeWith(others)).toMatchObject({ error: expect.stringMatching(/^StartError: Cannot /) });
  });
});

/** What the program finds that gives up root, when it has no more than these `capabilities`. */
async function outcomeWith(capabilities: readonly string[]): Promise<unknown> {
  using jail = new TempDirectory('jail');
  const settings: PrivilegeSettings = {
    procUsername: 'nobody',
    procGroupname: 'nogroup',
    chrootDirectory: jail.path,
    runAsRoot: false,
  };
  const [command, args] = program('privileges', JSON.stringify(settings));
  const bounds = ['-all', ...capabilities.map((name) => `+${name}`)].join();
  const setpriv = [`--bounding-set=${bounds}`, `--inh-caps=-all`, '--no-new-privs', command, ...args];
  const running = await BackgroundProgram.start('setpriv', setpriv);
  try {
    await waitUntil(() => running.output.endsWith('\n'), { what: 'what the program found' });
    return JSON.parse(running.output);
  } finally {
    await running.stop();
  }
}

function settingOf(key: string): string {
  return new RegExp(`^${key}=(.+)$`, 'm').exec(UNIT)?.[1] ?? '';
}
