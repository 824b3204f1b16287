import { CommandError } from '../command-error.ts';
import { type Command, requireAccount } from '../conversation.ts';

/** NAMESPACE, RFC 2342: one personal namespace. */
export const namespace: Command = (conversation, args) => {
  args.end();
  requireAccount(conversation);
  conversation.untagged('NAMESPACE (("" "/")) NIL NIL');
  return 'NAMESPACE completed';
};

/** ENABLE, RFC 5161: there is nothing here that could be enabled, and that is no error. */
export const enable: Command = (conversation) => {
  requireAccount(conversation);
  conversation.untagged('ENABLED');
  return 'ENABLE completed';
};

/** IDLE, RFC 2177: changes are told as they happen. */
export const idle: Command = async (conversation, args) => {
  args.end();
  requireAccount(conversation);
  const stop = conversation.selected?.mailbox.watch(() => conversation.sendChanges());
  const answer = await conversation.ask('Waiting for news').finally(stop);
  if (answer?.toUpperCase() !== 'DONE') throw new CommandError('BAD', 'Expected DONE');
  return 'IDLE ended';
};
