import type { Arguments } from '../arguments.ts';
import { CommandError } from '../command-error.ts';
import { type Command, type Conversation, requireAccount } from '../conversation.ts';
import type { Mailbox } from '../mailbox.ts';

const STATUS_VALUES: Readonly<Record<string, (mailbox: Mailbox) => number>> = {
  MESSAGES: ({ messages }) => messages.length,
  RECENT: () => 0,
  UIDNEXT: ({ uidNext }) => uidNext,
  UIDVALIDITY: ({ uidValidity }) => uidValidity,
  UNSEEN: ({ unseen }) => unseen,
};

/** The mailbox that comes next in the arguments. @throws CommandError (NO) when there is none of that name. */
export function readMailbox(conversation: Conversation, args: Arguments): Mailbox {
  const account = requireAccount(conversation);
  args.expect(' ');
  const mailbox = account.mailbox(args.astring());
  if (mailbox === undefined) throw new CommandError('NO', '[NONEXISTENT] No such mailbox');
  return mailbox;
}

/** LIST, or LSUB: every mailbox counts as subscribed. RFC 3501 sections 6.3.8 and 6.3.9. */
export function list(name: 'LIST' | 'LSUB'): Command {
  return (conversation, args) => {
    const { mailboxes } = requireAccount(conversation);
    args.expect(' ');
    const reference = args.astring();
    args.expect(' ');
    const pattern = args.astring();
    args.end();
    if (pattern === '') conversation.untagged(`${name} (\\Noselect) "/" ""`);
    const isMatch = matcher(reference + pattern);
    for (const mailbox of mailboxes.filter(({ name: candidate }) => isMatch(candidate))) {
      const attributes = mailbox.use === undefined ? '' : ` ${mailbox.use}`;
      conversation.untagged(`${name} (\\HasNoChildren${attributes}) "/" "${mailbox.name}"`);
    }
    return `${name} completed`;
  };
}

/** STATUS, RFC 3501 section 6.3.10. */
export const status: Command = (conversation, args) => {
  const mailbox = readMailbox(conversation, args);
  args.expect(' ');
  const items = args.list(() => {
    const item = args.atom().toUpperCase();
    const value = STATUS_VALUES[item];
    if (value === undefined) throw new CommandError('BAD', 'Unknown STATUS item');
    return `${item} ${value(mailbox)}`;
  });
  args.end();
  conversation.untagged(`STATUS "${mailbox.name}" (${items.join(' ')})`);
  return 'STATUS completed';
};

/** SUBSCRIBE: nothing to do, see LSUB. */
export const subscribe: Command = (conversation, args) => {
  readMailbox(conversation, args);
  return 'Subscribed';
};

/** CREATE, DELETE, RENAME and UNSUBSCRIBE. */
export const refuse: Command = (conversation) => {
  const { name } = requireAccount(conversation);
  throw new CommandError('NO', `[CANNOT] The mailboxes of ${name} stay as they are in this demo`);
};

/** `*` stands for anything, `%` for anything without a hierarchy separator. */
function matcher(pattern: string): (name: string) => boolean {
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/%/g, '[^/]*');
  const expression = new RegExp(`^${source}$`);
  const forInbox = new RegExp(`^${source}$`, 'i');
  return (name) => (name === 'INBOX' ? forInbox : expression).test(name);
}
