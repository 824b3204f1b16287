/** What may differ between two plays of one script. It is named; everything else has to be equal to the octet. */
import { assertNever } from '../../../../src/base/assert-never.ts';
import type { Response } from './response-reader.ts';

interface Field {
  readonly why: string;
  readonly where: 'everywhere' | 'before login' | 'capability lists' | 'mailbox lists';
  /** Looked for in the text of a response without its line end, never in a literal. */
  readonly pattern: RegExp;
  readonly named: string;
}

const TABLE: readonly Field[] = [
  // Chosen by the server in the moment: two plays at the server itself differ in it.
  {
    why: 'the time that a command took',
    where: 'everywhere',
    pattern: /\(\d+\.\d{3}(?: \+ \d+\.\d{3})* secs\)/g,
    named: '(<time>)',
  },
  {
    why: 'when a message was saved',
    where: 'everywhere',
    pattern: /\bSAVEDATE "[^"]+"/g,
    named: 'SAVEDATE "<date>"',
  },
  {
    // RFC 9051 section 7.3.1 lets a server say neither; Dovecot says what the process happens to know.
    why: 'hints that a mailbox holds something new',
    where: 'mailbox lists',
    pattern: / ?\\(?:Un)?Marked\b/g,
    named: '',
  },
  // What the proxy says in its own words.
  {
    why: 'what cannot work through a proxy is not announced',
    where: 'capability lists',
    pattern:
      / (?:COMPRESS=\S+|STARTTLS|UNAUTHENTICATE|LOGIN-REFERRALS|AUTH=(?!PLAIN\b|LOGIN\b)[^\s\]]+)(?=[\s\]]|$)/g,
    named: '',
  },
  {
    why: 'refusals before login have words of the proxy',
    where: 'before login',
    pattern: /^(\S+ (?:NO|BAD|BYE)) .*$/,
    named: '$1 <refused>',
  },
  {
    why: 'commands before login are answered by the proxy',
    where: 'before login',
    pattern:
      /^([^* ]\S*) OK (?:Completed|NOOP completed.*|Pre-login capabilities listed.*|ID completed.*|Logout completed.*)$/,
    named: '$1 OK <completed>',
  },
  {
    why: 'the proxy knows the ID of the server only if a client has asked for it',
    where: 'before login',
    pattern: /^\* ID (?:NIL|\("name" "Dovecot"\))$/,
    named: '* ID <server>',
  },
  {
    why: 'literals before login are asked for by the proxy',
    where: 'before login',
    pattern: /^\+ (?:OK|go ahead)$/,
    named: '+ <literal>',
  },
  {
    why: 'LOGOUT is answered by the proxy',
    where: 'everywhere',
    pattern: /^\* BYE (?:Logging out|LOGOUT received)$/,
    named: '* BYE <logout>',
  },
  {
    why: 'LOGOUT is answered by the proxy',
    where: 'everywhere',
    pattern: /^([^* ]\S*) OK (?:Logout completed.*|Completed)$/,
    named: '$1 OK <logged out>',
  },
  {
    why: 'what would break the relay is refused by the proxy',
    where: 'everywhere',
    pattern:
      /^(\S+) (?:NO|BAD) .*(?:(?:COMPRESS|UNAUTHENTICATE|STARTTLS) is not available through this proxy|command (?:COMPRESS|UNAUTHENTICATE|STARTTLS): .*)$/,
    named: '$1 <refused>',
  },
];

const CAPABILITY_LIST = /^(?:\* CAPABILITY |\S+ OK \[CAPABILITY )/;

/** The answer to a login that succeeded. */
const LOGGED_IN = /^\S+ OK (?:\[CAPABILITY [^\]]*\] )?Logged in\r\n$/;

const UIDVALIDITY = /\b(UIDVALIDITY|APPENDUID|COPYUID) (\d+)/g;

export interface Names {
  /** Whose name may stand anywhere. */
  readonly user: string;
  /** The UIDVALIDITYs that mailboxes had before the play; a new mailbox gets one by the clock. */
  readonly uidValidities: ReadonlySet<string>;
}

/** The responses of one connection as text, with a name in the place of each field that may differ. */
export function nameResponses(responses: readonly Response[], names: Names): string[] {
  let isLoggedIn = false;
  return responses.map((response) => {
    const named = nameResponse(response, names, isLoggedIn);
    isLoggedIn ||= LOGGED_IN.test(response[0] ?? '');
    return named;
  });
}

function nameResponse(response: Response, names: Names, isLoggedIn: boolean): string {
  const [start = ''] = response;
  const fields = TABLE.filter(({ where }) => applies(where, start, isLoggedIn));
  const parts = response.map((part, index) => (index % 2 === 0 ? nameText(part, fields, names) : part));
  return parts.join('').replaceAll(names.user, '<user>');
}

function applies(where: Field['where'], start: string, isLoggedIn: boolean): boolean {
  switch (where) {
    case 'everywhere':
      return true;
    case 'before login':
      return !isLoggedIn;
    case 'capability lists':
      return CAPABILITY_LIST.test(start);
    case 'mailbox lists':
      return start.startsWith('* LIST ');
    default:
      return assertNever(where);
  }
}

function nameText(part: string, fields: readonly Field[], { uidValidities }: Names): string {
  const text = part.replace(/\r\n$/, '');
  const named = fields.reduce((before, field) => before.replace(field.pattern, field.named), text);
  return (
    named.replace(UIDVALIDITY, (whole, word: string, value: string) =>
      uidValidities.has(value) ? whole : `${word} <new>`,
    ) + part.slice(text.length)
  );
}
