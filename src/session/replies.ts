/** Every line that the proxy itself says to a client. The wording is the classic daemon's where it had one. */
import type { ErrorReply } from '../base/errors.ts';
import type { RememberedAnswer } from '../protocol/answer-memory.ts';
import type { LoginFacts } from '../upstream/upstream-connection.ts';

/** Where a server names its capabilities when it accepts a login. */
export type CapabilityForm = 'response code' | 'untagged';

export const GO_AHEAD = '+ go ahead\r\n';
export const EMPTY_CHALLENGE = '+ \r\n';
/** `Username:` and `Password:` in base64, as the mechanism LOGIN asks. */
export const USERNAME_CHALLENGE = '+ VXNlcm5hbWU6\r\n';
export const PASSWORD_CHALLENGE = '+ UGFzc3dvcmQ6\r\n';

export function completed(tag: string): string {
  return `${tag} OK Completed\r\n`;
}

export function capabilities(tag: string, words: string): string {
  return `* CAPABILITY ${words}\r\n${completed(tag)}`;
}

/** RFC 2971 section 3.1: an untagged ID comes first; `parameters` is NIL when there is nothing to tell. */
export function idAnswer(tag: string, parameters: string): string {
  return `* ID ${parameters}\r\n${completed(tag)}`;
}

export function loggedOut(tag: string): string {
  return `* BYE LOGOUT received\r\n${completed(tag)}`;
}

/** A syntax error or a command out of place; without a code, as scripts know it from the classic daemon. */
export function bad(tag: string, text: string): string {
  return `${tag} BAD ${text}\r\n`;
}

export function no(tag: string, code: string, text: string): string {
  return `${tag} NO [${code}] ${text}\r\n`;
}

/** A command that would break the relay; RFC 4978 section 3 and RFC 8437 section 2 differ in what refuses it. */
export function refused(tag: string, name: string): string {
  const text = `${name} is not available through this proxy`;
  return name === 'COMPRESS' ? no(tag, 'CANNOT', text) : bad(tag, text);
}

/** The end of a session that the client did not ask for (RFC 9051 section 7.1.5). */
export function bye(code: string, text: string): string {
  return `* BYE [${code}] ${text}\r\n`;
}

/** The reply that an error gives to the command `tag`; a BYE where the session cannot go on. */
export function failed(tag: string, reply: ErrorReply, text: string): string {
  return reply.status === 'BYE'
    ? bye(reply.code, text)
    : `${tag} ${reply.status} [${reply.code}] ${text}\r\n`;
}

/**
 * The answer to a successful login, as this server would have given it on a connection of the client's
 * own: its capabilities in the tagged OK, or untagged before it for a client that had asked before login.
 */
export function loggedIn(
  tag: string,
  login: LoginFacts,
  form: CapabilityForm,
  sessionId: string | undefined,
): string {
  const words = login.capabilityLine;
  const text = sessionId === undefined ? login.text : `${login.text} SESSIONID=${sessionId}`;
  // The OK has room for one code, and a notice such as ALERT must not give way.
  return form === 'untagged' || login.isCodeTaken
    ? `* CAPABILITY ${words}\r\n${tag} OK ${text}\r\n`
    : `${tag} OK [CAPABILITY ${words}] ${text}\r\n`;
}

/** The classic daemon's notice ahead of the tagged OK, for clients that skip work when they see it. */
export const REUSED = '* OK [XPROXYREUSE] IMAP connection reused by imapproxy\r\n';

/** An answer that the server has given before, under another tag. */
export function repeated(tag: string, answer: RememberedAnswer): Buffer {
  return Buffer.concat([answer.untagged, Buffer.from(`${tag} `, 'latin1'), answer.completion]);
}
