import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../support/run-program.ts';
import { type MailClient, messageDigest, type Target } from './client.ts';

const MESSAGE = 'Subject: from curl\r\n\r\nhello\r\n';

/** A connection for each request; sends PLAIN with an initial response and literals that wait. */
export const curl: MailClient = {
  name: 'curl',
  needs: ['curl'],
  leavesConnectionsClean: true,
  async run(target, workDirectory) {
    const file = join(workDirectory, 'message.eml');
    writeFileSync(file, MESSAGE);
    await request(target, 'Archive', '--upload-file', file);
    const list = await request(target, '');
    const status = await request(target, '', '--request', 'STATUS Archive (MESSAGES UNSEEN)');
    const flags = await request(target, 'INBOX', '--request', 'FETCH 1:* (FLAGS)');
    const search = await request(target, 'INBOX?ALL');
    const uids = search.toString().match(/\d+/g) ?? [];
    const messages: string[] = [];
    for (const uid of uids) messages.push(messageDigest(await request(target, `INBOX;UID=${uid}`)));
    return {
      list: lines(list).sort(),
      status: lines(status),
      flags: lines(flags),
      search: lines(search),
      messages,
    };
  },
};

function request(
  { port, user, password }: Target,
  path: string,
  ...options: readonly string[]
): Promise<Buffer> {
  const url = `imap://127.0.0.1:${port}/${path}`;
  return runProgram('curl', ['--silent', '--show-error', '--user', `${user}:${password}`, ...options, url]);
}

function lines(output: Buffer): string[] {
  return output.toString('latin1').trimEnd().split('\r\n');
}
