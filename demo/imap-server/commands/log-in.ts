import { decodeBase64, parsePlain } from '../../../src/protocol/sasl.ts';
import { USER_CAPABILITIES } from '../capabilities.ts';
import { CommandError } from '../command-error.ts';
import type { Command, Conversation } from '../conversation.ts';

/** LOGIN with atom, quoted string or literal, RFC 3501 section 6.2.3. */
export const login: Command = (conversation, args) => {
  args.expect(' ');
  const name = args.text();
  args.expect(' ');
  const password = args.text();
  args.end();
  return admit(conversation, name, password);
};

/** AUTHENTICATE PLAIN with and without initial response, RFC 3501 section 6.2.2, RFC 4616, RFC 4959. */
export const authenticate: Command = async (conversation, args) => {
  args.expect(' ');
  if (args.atom().toUpperCase() !== 'PLAIN') throw new CommandError('NO', 'Only PLAIN is known here');
  const response = args.accept(' ') ? args.atom() : await conversation.ask('');
  args.end();
  const octets = response === undefined ? undefined : decodeBase64(response);
  const plain = octets === undefined ? undefined : parsePlain(octets);
  if (plain === undefined) throw new CommandError('BAD', 'Not a PLAIN response');
  const [authorization, name, password] = [plain.authorization, plain.authentication, plain.password].map(
    (part) => part.toString('utf8'),
  );
  if (authorization !== '' && authorization !== name) {
    throw new CommandError('NO', '[AUTHORIZATIONFAILED] Nobody may act for another user here');
  }
  return admit(conversation, name ?? '', password ?? '');
};

async function admit(conversation: Conversation, name: string, password: string): Promise<string> {
  if (conversation.account !== undefined) throw new CommandError('BAD', 'Already logged in');
  const account = await conversation.accounts.logIn(name, password);
  if (account === undefined) throw new CommandError('NO', '[AUTHENTICATIONFAILED] Wrong name or password');
  conversation.logIn(account);
  return `[CAPABILITY ${USER_CAPABILITIES}] Logged in`;
}
