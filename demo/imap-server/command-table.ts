import { capability, id, logout, noop } from './commands/any-state.ts';
import { append } from './commands/append.ts';
import { authenticate, login } from './commands/log-in.ts';
import { list, refuse, status, subscribe } from './commands/mailboxes.ts';
import { copy, fetch, search, store } from './commands/messages.ts';
import { check, close, expunge, select, unselect } from './commands/select.ts';
import { enable, idle, namespace } from './commands/user-state.ts';
import type { Command } from './conversation.ts';

/** Every command of the server by its upper-case name; `UID` and what follows it count as one name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['CAPABILITY', capability],
  ['NOOP', noop],
  ['LOGOUT', logout],
  ['ID', id],
  ['LOGIN', login],
  ['AUTHENTICATE', authenticate],
  ['NAMESPACE', namespace],
  ['ENABLE', enable],
  ['IDLE', idle],
  ['LIST', list('LIST')],
  ['LSUB', list('LSUB')],
  ['STATUS', status],
  ['SUBSCRIBE', subscribe],
  ['UNSUBSCRIBE', refuse],
  ['CREATE', refuse],
  ['DELETE', refuse],
  ['RENAME', refuse],
  ['APPEND', append],
  ['SELECT', select(false)],
  ['EXAMINE', select(true)],
  ['CHECK', check],
  ['UNSELECT', unselect],
  ['CLOSE', close],
  ['EXPUNGE', expunge(false)],
  ['UID EXPUNGE', expunge(true)],
  ['FETCH', fetch(false)],
  ['UID FETCH', fetch(true)],
  ['STORE', store(false)],
  ['UID STORE', store(true)],
  ['COPY', copy(false)],
  ['UID COPY', copy(true)],
  ['SEARCH', search(false)],
  ['UID SEARCH', search(true)],
]);

/** Commands after whose answer messages must keep their numbers (RFC 3501 section 7.4.1). */
export const KEEPS_NUMBERS: ReadonlySet<string> = new Set(['FETCH', 'STORE', 'SEARCH']);
