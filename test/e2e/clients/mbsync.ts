import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runProgram } from '../../support/run-program.ts';
import { type MailClient, messageDigest, type Target } from './client.ts';

const MESSAGE = 'Subject: from mbsync\n\nhello\n';

/** Pulls everything into a new local Maildir, changes it there, and pushes the changes. */
export const mbsync: MailClient = {
  name: 'mbsync',
  needs: ['isync'],
  leavesConnectionsClean: true,
  async run(target, workDirectory) {
    const config = join(workDirectory, 'mbsyncrc');
    const maildir = join(workDirectory, 'mail');
    mkdirSync(maildir);
    writeFileSync(config, mbsyncConfig(target, maildir));
    await runProgram('mbsync', ['--config', config, '--all']);
    const pulled = readMaildir(maildir);
    writeFileSync(join(maildir, 'Archive', 'new', 'from-mbsync'), MESSAGE);
    flagMessage(join(maildir, 'INBOX'), 'plain', 'FS');
    flagMessage(join(maildir, 'INBOX'), 'octets', 'T');
    await runProgram('mbsync', ['--config', config, '--all']);
    return { pulled, pushed: readMaildir(maildir) };
  },
};

function mbsyncConfig({ port, user, password }: Target, maildir: string): string {
  return `\
IMAPAccount server
Host 127.0.0.1
Port ${port}
User ${user}
Pass ${password}
SSLType None

IMAPStore remote
Account server

MaildirStore local
Path ${maildir}/
Inbox ${maildir}/INBOX
SubFolders Verbatim

Channel all
Far :remote:
Near :local:
Patterns *
Create Both
Expunge Both
SyncState *
`;
}

/** A message that was seen moves from `new` to `cur`, with its flags in the name of its file. */
function flagMessage(folder: string, subject: string, flags: string): void {
  for (const path of messageFiles(folder)) {
    if (!readFileSync(path, 'latin1').includes(`Subject: ${subject}\n`)) continue;
    renameSync(path, join(folder, 'cur', `${basename(path).replace(/:.*$/, '')}:2,${flags}`));
  }
}

/** Folder, flags and content of all messages, in an order that does not depend on the names of files. */
function readMaildir(maildir: string): string[] {
  const messages = messageFiles(maildir).map((path) => {
    const folder = basename(dirname(dirname(path)));
    const flags = path.split(':2,')[1] ?? '';
    return `${folder} [${flags}] ${messageDigest(readFileSync(path))}`;
  });
  return messages.sort();
}

function messageFiles(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\/(?:cur|new)$/.test(entry.parentPath));
  return files.map((entry) => join(entry.parentPath, entry.name));
}
