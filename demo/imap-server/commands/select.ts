import { type Command, requireSelected, requireWritable } from '../conversation.ts';
import { SYSTEM_FLAGS } from '../mailbox.ts';
import { SelectedMailbox } from '../selected-mailbox.ts';
import { parseSequenceSet } from '../sequence-set.ts';
import { readMailbox } from './mailboxes.ts';

const FLAGS = SYSTEM_FLAGS.join(' ');

/** SELECT, or EXAMINE when `isReadOnly`. RFC 3501 sections 6.3.1 and 6.3.2. */
export function select(isReadOnly: boolean): Command {
  return (conversation, args) => {
    conversation.select(undefined);
    const mailbox = readMailbox(conversation, args);
    args.end();
    conversation.select(new SelectedMailbox(mailbox, isReadOnly));
    const firstUnseen = mailbox.messages.findIndex(({ flags }) => !flags.has('\\Seen')) + 1;
    conversation.untagged(`FLAGS (${FLAGS})`);
    conversation.untagged(`OK [PERMANENTFLAGS (${isReadOnly ? '' : `${FLAGS} \\*`})] Flags that last`);
    conversation.untagged(`${mailbox.messages.length} EXISTS`);
    conversation.untagged('0 RECENT');
    if (firstUnseen > 0) conversation.untagged(`OK [UNSEEN ${firstUnseen}] First unseen message`);
    conversation.untagged(`OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs are valid`);
    conversation.untagged(`OK [UIDNEXT ${mailbox.uidNext}] Next UID`);
    return isReadOnly ? '[READ-ONLY] Opened to look at' : '[READ-WRITE] Opened';
  };
}

/** CHECK, RFC 3501 section 6.4.1: there is no disk to wait for. */
export const check: Command = (conversation, args) => {
  args.end();
  requireSelected(conversation);
  return 'CHECK completed';
};

/** UNSELECT, RFC 3691. */
export const unselect: Command = (conversation, args) => {
  args.end();
  requireSelected(conversation);
  conversation.select(undefined);
  return 'Mailbox left';
};

/** CLOSE, RFC 3501 section 6.4.2: expunges without a word. */
export const close: Command = (conversation, args) => {
  args.end();
  const { mailbox, isReadOnly } = requireSelected(conversation);
  if (!isReadOnly) mailbox.expunge(() => true);
  conversation.select(undefined);
  return 'Mailbox closed';
};

/** EXPUNGE, RFC 3501 section 6.4.3, and UID EXPUNGE, RFC 4315 section 2.1. */
export function expunge(isUid: boolean): Command {
  return (conversation, args) => {
    const { mailbox } = requireWritable(conversation);
    if (isUid) args.expect(' ');
    const isAmong = isUid ? parseSequenceSet(args.atom(), mailbox.uidNext - 1) : () => true;
    args.end();
    mailbox.expunge(isAmong);
    return 'Expunged';
  };
}
