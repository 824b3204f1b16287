import { ImapFlow } from 'imapflow';
import { type MailClient, messageDigest } from './client.ts';

/** Sends ID, NAMESPACE and ENABLE CONDSTORE on every connection, and waits for the continuation before it sends PLAIN. */
export const imapflow: MailClient = {
  name: 'ImapFlow',
  needs: [],
  leavesConnectionsClean: false,
  async run({ port, user, password }) {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port,
      secure: false,
      auth: { user, pass: password },
      logger: false,
    });
    await client.connect();
    const mailboxes = (await client.list()).map(({ path, flags }) => ({ path, flags: [...flags].sort() }));
    await client.append('Archive', 'Subject: from ImapFlow\r\n\r\nhello\r\n', ['\\Seen']);
    const archive = await client.status('Archive', { messages: true, unseen: true });
    const messages: unknown[] = [];
    const lock = await client.getMailboxLock('INBOX');
    try {
      for await (const message of client.fetch('1:*', { flags: true, envelope: true, source: true })) {
        messages.push({
          subject: message.envelope?.subject,
          flags: [...(message.flags ?? [])].sort(),
          sha256: messageDigest(message.source ?? Buffer.alloc(0)),
        });
      }
      await client.messageFlagsAdd('1', ['\\Flagged']);
    } finally {
      lock.release();
    }
    await client.logout();
    return { mailboxes, archive, messages };
  },
};
