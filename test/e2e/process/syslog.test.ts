import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeAsRoot } from '../../support/as-root.ts';
import { runProgram } from '../../support/run-program.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { DatagramReceiver } from './datagram-receiver.ts';
import { program } from './program.ts';

const LOG_MAIL = 16;

describeAsRoot('The log in syslog', () => {
  it('reaches the logger of the machine from inside another root directory', async () => {
    using root = new TempDirectory('syslog');
    mkdirSync(join(root.path, 'dev'));
    mkdirSync(join(root.path, 'jail'));
    await using logger = await DatagramReceiver.start(join(root.path, 'dev', 'log'));

    await runProgram(...program('syslog', root.path, '/jail'));

    const messages = (await logger.receive(2)).map(({ text }) => text);
    const date = '[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d';
    const head = (priority: number): string => `^<${LOG_MAIL + priority}>${date} in\\.imapproxyd\\[\\d+\\]: `;
    expect(messages).toEqual([
      expect.stringMatching(new RegExp(`${head(6)}login user="joe\\\\r\\\\nroot" percent=100%s%n$`)),
      expect.stringMatching(new RegExp(`${head(3)}last words$`)),
    ]);
  });
});
