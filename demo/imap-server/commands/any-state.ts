import { GREETING_CAPABILITIES, USER_CAPABILITIES } from '../capabilities.ts';
import type { Command } from '../conversation.ts';

/** CAPABILITY, RFC 3501 section 6.1.1. */
export const capability: Command = (conversation, args) => {
  args.end();
  const words = conversation.account === undefined ? GREETING_CAPABILITIES : USER_CAPABILITIES;
  conversation.untagged(`CAPABILITY ${words}`);
  return 'CAPABILITY completed';
};

/** NOOP, RFC 3501 section 6.1.2; what has changed is told after every command anyway. */
export const noop: Command = (_, args) => {
  args.end();
  return 'Nothing to do';
};

/** LOGOUT, RFC 3501 section 6.1.3. */
export const logout: Command = (conversation, args) => {
  args.end();
  conversation.untagged('BYE Until next time');
  conversation.end();
  return 'LOGOUT completed';
};

/** ID, RFC 2971; what the client says of itself is not looked at. */
export const id: Command = (conversation) => {
  conversation.untagged('ID ("name" "imapproxyd demo server")');
  return 'ID completed';
};
