import { ImapClient } from '../support/imap-client.ts';
import type { Account } from './script.ts';

/** Lines for `dovecot.conf`: the folders that a user of webmail has, made and subscribed at the first login. */
export const FOLDER_SETTINGS: string = `\
namespace inbox {
  ${['Drafts', 'Sent', 'Trash'].map(folder).join('\n  ')}
}
`;

/** Puts the messages that a script expects into an empty mailbox. */
export async function fill(port: number, { user, password, messages }: Account): Promise<void> {
  const client = await ImapClient.login(port, user, password);
  for (let number = 1; number <= messages; number += 1) {
    const message = `From: sender@example.org\r\nSubject: Message ${number}\r\n\r\nText ${number}.\r\n`;
    await client.command(`APPEND INBOX "01-Feb-2024 10:00:00 +0000" {${message.length}+}\r\n${message}`);
  }
  await client.logout();
}

function folder(name: string): string {
  return `mailbox ${name} {\n    auto = subscribe\n    special_use = \\${name}\n  }`;
}
