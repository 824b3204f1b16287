import type { Account, Accounts } from './accounts.ts';
import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import type { SelectedMailbox } from './selected-mailbox.ts';

/** What a command sees of the connection it came in on. */
export interface Conversation {
  readonly accounts: Accounts;
  /** Undefined before login. */
  readonly account: Account | undefined;
  readonly selected: SelectedMailbox | undefined;
  logIn(account: Account): void;
  /** Selects a mailbox in place of the one that is selected now, or none. */
  select(selected: SelectedMailbox | undefined): void;
  /** Adds `* text` to the answer. */
  untagged(text: string): void;
  /** Sends what there is of the answer, with a continuation request, and waits for the line the client sends. */
  ask(text: string): Promise<string | undefined>;
  /** Tells the client at once what has changed in its mailbox. */
  sendChanges(): void;
  /** Closes the connection once the answer is out. */
  end(): void;
}

/**
 * Runs one command and returns the text of its tagged OK. The cursor stands behind the command's name,
 * before the space.
 *
 * @throws CommandError when the answer is NO or BAD.
 */
export type Command = (conversation: Conversation, args: Arguments) => string | Promise<string>;

/** The user who has logged in. @throws CommandError (BAD) before login. */
export function requireAccount({ account }: Conversation): Account {
  if (account === undefined) throw new CommandError('BAD', 'Log in first');
  return account;
}

/** The mailbox that is selected. @throws CommandError (BAD) while there is none. */
export function requireSelected({ selected }: Conversation): SelectedMailbox {
  if (selected === undefined) throw new CommandError('BAD', 'Select a mailbox first');
  return selected;
}

/** The mailbox that is selected and may be changed. @throws CommandError (BAD or NO) otherwise. */
export function requireWritable(conversation: Conversation): SelectedMailbox {
  const selected = requireSelected(conversation);
  if (selected.isReadOnly) throw new CommandError('NO', '[READ-ONLY] The mailbox was only examined');
  return selected;
}
