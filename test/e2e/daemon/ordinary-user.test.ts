import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { expectCleanLogin, visit } from '../../integration/support/sessions.ts';
import { BackgroundProgram } from '../../support/background-program.ts';
import { Dovecot } from '../../support/dovecot.ts';
import { isPrivileged, mailOwner } from '../../support/dovecot-config.ts';
import { JsonLines } from '../../support/json-lines.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { InstalledTree } from '../support/installed-tree.ts';

/** Whoever runs the tests is an ordinary user already, or root, who becomes one. */
const BECOME_ORDINARY = isPrivileged
  ? ['setpriv', `--reuid=${mailOwner.uid}`, `--regid=${mailOwner.gid}`, '--clear-groups']
  : ['env'];

describeWith(['dovecot-imapd'], 'Daemon of an ordinary user', () => {
  it('serves on a high port and ends with success', async () => {
    await using dovecot = await Dovecot.start();
    using tree = InstalledTree.complete();
    const configFile = join(tree.path, 'imapproxy.conf');
    const directives = [
      'listen_address 127.0.0.1',
      'listen_port 0',
      'foreground_mode yes',
      'server_hostname 127.0.0.1',
    ];
    writeFileSync(configFile, [...directives, `server_port ${dovecot.port}`, ''].join('\n'));
    const log = new JsonLines();
    const [command = '', ...args] = [...BECOME_ORDINARY, tree.launcher, '-f', configFile];
    const program = await BackgroundProgram.start(command, args, {
      env: { PATH: `${tree.binDirectory}:/usr/sbin:/usr/bin:/sbin:/bin` },
      onStderr: (text) => log.push(text),
    });
    const listening = await waitUntil(() => log.entries.find(({ msg }) => msg === 'listening'), {
      what: 'the daemon to listen',
      deadlineMs: 15_000,
    });

    await visit(listening.port ?? 0, 'alice');
    await expectCleanLogin(listening.port ?? 0, 'alice');

    expect(await program.stop()).toEqual({ code: 0, signal: null });
    expect(await dovecot.loginCount('alice')).toBe(1);
  });
});
