import { fileURLToPath } from 'node:url';
import { runProgram } from '../../support/run-program.ts';
import type { MailClient } from './client.ts';

const PROGRAM = fileURLToPath(new URL('programs/imaplib-client.py', import.meta.url));

/** Asks for CAPABILITY at once, logs in with LOGIN, and closes the mailbox with CLOSE. */
export const imaplib: MailClient = {
  name: 'Python imaplib',
  needs: ['python3'],
  leavesConnectionsClean: true,
  async run({ port, user, password }) {
    const output = await runProgram('python3', [PROGRAM, String(port), user, password]);
    return JSON.parse(output.toString());
  },
};
