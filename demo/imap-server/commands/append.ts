import { CommandError } from '../command-error.ts';
import type { Command } from '../conversation.ts';
import { parseDate } from '../wire-format.ts';
import { readFlags } from './flags.ts';
import { readMailbox } from './mailboxes.ts';

/** APPEND with the APPENDUID code, RFC 3501 section 6.3.11, RFC 4315 section 3. */
export const append: Command = (conversation, args) => {
  const mailbox = readMailbox(conversation, args);
  args.expect(' ');
  let flags: string[] = [];
  if (args.isNext('(')) {
    flags = readFlags(args);
    args.expect(' ');
  }
  let internalDate: Date | undefined = new Date();
  if (args.isNext('"')) {
    internalDate = parseDate(args.string());
    args.expect(' ');
  }
  if (internalDate === undefined) throw new CommandError('BAD', 'Not a date');
  const octets = args.string();
  args.end();
  const { uid } = mailbox.append({ octets, internalDate, flags });
  return `[APPENDUID ${mailbox.uidValidity} ${uid}] Stored`;
};
