import { fileURLToPath } from 'node:url';
import { runProgram } from '../../support/run-program.ts';
import type { MailClient } from './client.ts';

const PROGRAM = fileURLToPath(new URL('programs/php-imap-client.php', import.meta.url));

/** Works with sequence numbers, and waits for the continuation before it sends its PLAIN response. */
export const phpImap: MailClient = {
  name: 'PHP imap extension',
  needs: ['php-cli', 'php-imap'],
  leavesConnectionsClean: true,
  async run({ port, user, password }) {
    const output = await runProgram('php', [PROGRAM, String(port), user, password]);
    return JSON.parse(output.toString());
  },
};
