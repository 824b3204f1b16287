/**
 * Capability lists: reading them, and leaving out what cannot work through this proxy.
 *
 * @see RFC 9051 section 6.1.1 and 7.2.2
 */
import { TOKEN_MECHANISMS } from './oauth.ts';
import type { Response } from './response-line.ts';

/** Words in the server's order and letter case, each once. */
export type Capabilities = readonly string[];

/** SASL mechanisms by which this proxy takes a password, whatever the server offers. */
const PASSWORD_MECHANISMS: Capabilities = ['AUTH=PLAIN', 'AUTH=LOGIN'];

/** SASL mechanisms that this proxy can check against a parked connection: no nonce, no security layer. */
const POOLABLE_MECHANISMS: ReadonlySet<string> = new Set([
  ...PASSWORD_MECHANISMS,
  ...TOKEN_MECHANISMS.map((mechanism) => `AUTH=${mechanism}`),
]);

/**
 * Never passed on. STARTTLS and LOGINDISABLED describe the other leg; COMPRESS and UNAUTHENTICATE change
 * a connection for good; a referral would lead the client round the proxy.
 */
const HIDDEN: ReadonlySet<string> = new Set([
  'STARTTLS',
  'LOGINDISABLED',
  'UNAUTHENTICATE',
  'LOGIN-REFERRALS',
  'XIMAPPROXY',
]);

/** What every IMAP server understands; greeted with until the server has answered once. */
export const CONSERVATIVE_CAPABILITIES: Capabilities = ['IMAP4rev1', 'SASL-IR', ...PASSWORD_MECHANISMS];

/** Splits the words of a CAPABILITY response or code. */
export function parseCapabilities(text: string): Capabilities {
  return [...new Set(text.split(' ').filter((word) => word !== ''))];
}

/** The capability list that `response` carries, as data or as response code, if it carries one. */
export function capabilitiesIn(response: Response): Capabilities | undefined {
  if (response.kind === 'data' && response.name === 'CAPABILITY') return parseCapabilities(response.text);
  if (response.kind === 'status' && response.code?.name === 'CAPABILITY') {
    return parseCapabilities(response.code.argument);
  }
  return undefined;
}

/** Tells whether `capabilities` has the upper-case `word`, in any letter case. */
export function hasCapability(capabilities: Capabilities, word: string): boolean {
  return capabilities.some((capability) => capability.toUpperCase() === word);
}

/** What a client may see of a server's list after login: everything that works through the proxy. */
export function filterCapabilities(capabilities: Capabilities): Capabilities {
  return capabilities.filter((capability) => {
    const word = capability.toUpperCase();
    if (word.startsWith('AUTH=')) return POOLABLE_MECHANISMS.has(word);
    return !HIDDEN.has(word) && !word.startsWith('COMPRESS=');
  });
}

/**
 * What a client may see before login: the server's list, filtered, with the ways of logging in that the
 * proxy itself takes. Of these it names no mechanism that the server does not, unless the server has
 * none of them, when the LOGIN command is left to it.
 */
export function greetingCapabilities(capabilities: Capabilities): Capabilities {
  const words = filterCapabilities(capabilities);
  const own = hasCapability(words, 'SASL-IR') ? [] : ['SASL-IR'];
  const hasMechanism = words.some((word) => word.toUpperCase().startsWith('AUTH='));
  return [...words, ...own, ...(hasMechanism ? [] : PASSWORD_MECHANISMS)];
}

/** `CAPABILITY` as data, or right at the beginning of a status response's text. */
const IN_LINE = /^(\* CAPABILITY |(?:\*|[^ ]+) OK \[CAPABILITY )([^\]\r\n]*)/i;

/**
 * The response line `line` with its capability list filtered, or undefined when there is nothing to leave
 * out: no list, or one that holds no word to hide.
 */
export function filterCapabilityLine(line: Buffer): Buffer | undefined {
  const text = line.toString('latin1');
  const match = IN_LINE.exec(text);
  if (match === null) return undefined;
  const [whole, before = '', list = ''] = match;
  const words = parseCapabilities(list);
  const kept = filterCapabilities(words);
  if (kept.length === words.length) return undefined;
  return Buffer.from(`${before}${kept.join(' ')}${text.slice(whole.length)}`, 'latin1');
}
