import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MAIL_OWNER } from './dovecot-config.ts';
import type { NewMessage } from './imap-server/mailbox.ts';
import type { Person } from './people.ts';
import { sampleInbox } from './sample-mail.ts';

/** How the passwords are hashed: what crypt(3) gives on most machines, with its usual 5000 rounds. */
export const PASSWORD_SCHEME = 'SHA512-CRYPT';

/** Writes the password file and everybody's mail for {@link dovecotConfig}. */
export async function writeUsers(directory: string, people: readonly Person[]): Promise<void> {
  // Each of the server's processes has a user of its own and must come through here.
  await chmod(directory, 0o755);
  const users = people.map((person) => `${person.name}:${hash(person.password)}\n`);
  await writeFile(join(directory, 'passwd'), users.join(''));
  await makeOwned(join(directory, 'mail'));
  for (const person of people) {
    const home = join(directory, 'mail', person.name);
    for (const folder of ['', 'Maildir', 'Maildir/cur', 'Maildir/new', 'Maildir/tmp']) {
      await makeOwned(join(home, folder));
    }
    await writeMessages(join(home, 'Maildir/cur'), sampleInbox(person));
  }
}

/** Maildir keeps the internal date as the file's time and `\Seen` as the S in its name. */
async function writeMessages(folder: string, messages: readonly NewMessage[]): Promise<void> {
  for (const [index, { octets, internalDate, flags }] of messages.entries()) {
    const seconds = internalDate.getTime() / 1000;
    const path = join(folder, `${seconds}.M${index}.demo:2,${[...flags].includes('\\Seen') ? 'S' : ''}`);
    await writeFile(path, octets, 'latin1');
    await utimes(path, seconds, seconds);
    await chown(path, MAIL_OWNER.uid, MAIL_OWNER.gid);
  }
}

async function makeOwned(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chown(folder, MAIL_OWNER.uid, MAIL_OWNER.gid);
}

function hash(password: string): string {
  const args = ['pw', '-s', PASSWORD_SCHEME, '-p', password];
  return execFileSync('/usr/bin/doveadm', args, { encoding: 'utf8' }).trim();
}
