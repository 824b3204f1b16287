/** Dialogues as they stand on the wire, and how they fall into lines and literals. */

/** A line, what follows a literal up to the line's end, or a whole literal; octets as latin1 text. */
export type Fragment = readonly [kind: 'line' | 'more' | 'literal', octets: string];

export const line = (octets: string): Fragment => ['line', octets];
export const more = (octets: string): Fragment => ['more', octets];
export const literal = (octets: string): Fragment => ['literal', octets];

/** What the other side says to a synchronizing literal. */
export type Consent = 'accept' | 'refuse';

export interface WireSample {
  readonly name: string;
  readonly fragments: readonly Fragment[];
  /** One for each synchronizing literal, in order. */
  readonly consents?: readonly Consent[];
}

/** The octets of a dialogue: its fragments, joined. */
export function wireOf(sample: WireSample): Buffer {
  return Buffer.from(sample.fragments.map(([, octets]) => octets).join(''), 'latin1');
}

/** Looks like a literal marker but announces nothing, for a line may follow it at once. */
export const MARKER_LOOKALIKES: readonly string[] = [
  '"x{5}"',
  '{5} ',
  '{5}\t',
  '{5}\r',
  '{5-}',
  '{5++}',
  '{+5}',
  '{+}',
  '{}',
  '{ 5}',
  '{5 }',
  '{-5}',
  '{5',
  '5}',
  '{x}',
  '{5}{',
  '(5)',
];

export const COMMAND_SAMPLES: readonly WireSample[] = [
  { name: 'one command', fragments: [line('a NOOP\r\n')] },
  { name: 'several commands', fragments: [line('a NOOP\r\n'), line('b CHECK\r\n'), line('c NOOP\r\n')] },
  { name: 'lines that end in LF alone', fragments: [line('a NOOP\n'), line('b NOOP\n')] },
  { name: 'empty lines', fragments: [line('\r\n'), line('\n'), line('a NOOP\r\n'), line('\r\n')] },
  { name: 'a CR in the middle of a line', fragments: [line('a NO\rOP {3}\rx\r\n'), line('b NOOP\r\n')] },
  { name: '8-bit octets and NUL', fragments: [line('a X \0\x80\xff{3\x01}\r\n'), line('b NOOP\r\n')] },
  { name: 'a marker behind the tag', fragments: [line('a{3} NOOP\r\n'), line('b NOOP\r\n')] },
  ...MARKER_LOOKALIKES.map((text) => ({
    name: `a command that ends in ${JSON.stringify(text)}`,
    fragments: [line(`a X ${text}\r\n`), line('b NOOP\r\n')],
  })),
  {
    name: 'a synchronizing literal',
    fragments: [line('a APPEND INBOX {3}\r\n'), literal('abc'), more('\r\n'), line('b NOOP\r\n')],
    consents: ['accept'],
  },
  {
    name: 'a non-synchronizing literal',
    fragments: [line('a APPEND INBOX {3+}\r\n'), literal('abc'), more('\r\n'), line('b NOOP\r\n')],
  },
  {
    name: 'a synchronizing literal8',
    fragments: [line('a APPEND x UTF8 (~{3}\r\n'), literal('\0\xff\n'), more(')\r\n')],
    consents: ['accept'],
  },
  {
    name: 'a non-synchronizing literal8',
    fragments: [line('a APPEND x UTF8 (~{3+}\r\n'), literal('\0\xff\n'), more(')\r\n')],
  },
  {
    name: 'an empty synchronizing literal',
    fragments: [line('a LOGIN u {0}\r\n'), literal(''), more('\r\n'), line('b NOOP\r\n')],
    consents: ['accept'],
  },
  {
    name: 'an empty non-synchronizing literal',
    fragments: [line('a LOGIN u {0+}\r\n'), literal(''), more('\r\n'), line('b NOOP\r\n')],
  },
  {
    name: 'a marker with leading zeros',
    fragments: [line('a X {0003+}\r\n'), literal('abc'), more('\r\n')],
  },
  {
    name: 'a marker before LF alone',
    fragments: [line('a X {3+}\n'), literal('abc'), more('\n'), line('b NOOP\n')],
  },
  { name: 'a marker alone in its line', fragments: [line('{2+}\r\n'), literal('ab'), more('\r\n')] },
  {
    name: 'a marker in an unfinished quoted string',
    fragments: [line('a X "x{3+}\r\n'), literal('abc'), more('\r\n')],
  },
  {
    name: 'several literals with text between and behind',
    fragments: [
      line('a APPEND x CATENATE (TEXT {3+}\r\n'),
      literal('abc'),
      more(' URL "/y" TEXT {2}\r\n'),
      literal('\r\n'),
      more(' TEXT ~{1+}\r\n'),
      literal(')'),
      more(')\r\n'),
      line('b NOOP\r\n'),
    ],
    consents: ['accept'],
  },
  {
    name: 'a literal that follows a literal at once',
    fragments: [line('a X {1+}\r\n'), literal('x'), more('{1}\r\n'), literal('y'), more('\r\n')],
    consents: ['accept'],
  },
  {
    name: 'literal data that hold line ends, markers and commands',
    fragments: [
      line('a APPEND x {27+}\r\n'),
      literal('\r\nb LOGOUT\r\nc X {5}\r\n\n{3+}\n'),
      more('\r\n'),
      line('d NOOP\r\n'),
    ],
  },
  {
    name: 'literal data sent before consent',
    fragments: [line('a LIST "" {11}\r\n'), literal('INBOX.Trash'), more('\r\n'), line('b NOOP\r\n')],
    consents: ['accept'],
  },
  {
    name: 'a refused literal whose data then are commands',
    fragments: [line('a APPEND none {18}\r\n'), line('b SELECT INBOX\r\n'), line('\r\n'), line('c NOOP\r\n')],
    consents: ['refuse'],
  },
  {
    name: 'a refused literal behind one that was taken',
    fragments: [line('a X {1+}\r\n'), literal('x'), more(' {5}\r\n'), line('b NOOP\r\n')],
    consents: ['refuse'],
  },
  {
    name: 'a refused literal and one that is taken',
    fragments: [line('a X {1}\r\n'), line('b X {1}\r\n'), literal('\n'), more('\r\n')],
    consents: ['refuse', 'accept'],
  },
];

export const RESPONSE_SAMPLES: readonly WireSample[] = [
  { name: 'a greeting', fragments: [line('* OK [CAPABILITY IMAP4rev1] ready\r\n')] },
  {
    name: 'untagged data and a tagged response',
    fragments: [line('* 3 EXISTS\r\n'), line('* FLAGS ()\r\n'), line('a1 OK done\r\n')],
  },
  { name: 'lines that end in LF alone', fragments: [line('* 3 EXISTS\n'), line('a1 OK done\n')] },
  ...['OK', 'NO', 'BAD', 'BYE', 'PREAUTH', 'ok', 'Bye'].flatMap((status) => [
    {
      name: `an untagged ${status} whose text ends like a marker`,
      fragments: [line(`* ${status} no box {3}\r\n`), line('a1 OK\r\n')],
    },
    {
      name: `an untagged ${status} of a marker`,
      fragments: [line(`* ${status} {3}\r\n`), line('a1 OK\r\n')],
    },
  ]),
  {
    name: 'tagged responses whose text ends like a marker',
    fragments: [line('a1 NO [TRYCREATE] no box {3}\r\n'), line('a2 BAD {3}\r\n'), line('a3 OK {3}\r\n')],
  },
  {
    name: 'a continuation request that ends like a marker',
    fragments: [line('+ x {3}\r\n'), line('a1 OK\r\n')],
  },
  { name: 'a line of no known form', fragments: [line('a1 FOO {3}\r\n'), line('*{3}\r\n'), line('{3}\r\n')] },
  {
    name: 'a marker with a plus, which no server writes',
    fragments: [line('* 1 FETCH (BODY[] {3+}\r\n'), line('a1 OK done\r\n')],
  },
  ...MARKER_LOOKALIKES.map((text) => ({
    name: `data that end in ${JSON.stringify(text)}`,
    fragments: [line(`* X ${text}\r\n`), line('a1 OK done\r\n')],
  })),
  {
    name: 'a literal with more of the response behind it',
    fragments: [
      line('* 1 FETCH (BODY[] {7}\r\n'),
      literal('ab\r\nc\r\n'),
      more(' UID 3)\r\n'),
      line('a1 OK done\r\n'),
    ],
  },
  {
    name: 'a literal as the last word of a response',
    fragments: [line('* LIST () "/" {4}\r\n'), literal('a"b\\'), more('\r\n'), line('a1 OK done\r\n')],
  },
  {
    name: 'several literals in one ENVELOPE',
    fragments: [
      line('* 1 FETCH (ENVELOPE (NIL {4}\r\n'),
      literal('\xe4"\\ '),
      more(' ((NIL NIL {2}\r\n'),
      literal('me'),
      more(' "x"))) UID 1)\r\n'),
    ],
  },
  {
    name: 'a literal8 and an empty literal',
    fragments: [
      line('* 1 FETCH (BINARY[1] ~{3}\r\n'),
      literal('\0\n\xff'),
      more(' BODY[2] {0}\r\n'),
      literal(''),
      more(')\r\n'),
    ],
  },
  {
    name: 'a body that looks like responses',
    fragments: [
      line('* 1 FETCH (BODY[] {43}\r\n'),
      literal('a1 OK done\r\n* BYE x\r\n+ go\r\n)\r\n* X {99999}\r\n'),
      more(')\r\n'),
      line('a1 OK done\r\n'),
    ],
  },
  {
    name: 'more of a response that looks like a status response',
    fragments: [
      line('* 1 FETCH (X {1}\r\n'),
      literal('y'),
      more('a1 OK {2}\r\n'),
      literal('zz'),
      more(')\r\n'),
      line('a1 OK {3}\r\n'),
      line('a2 OK\r\n'),
    ],
  },
  {
    name: 'a word that only begins like a status word',
    fragments: [line('* OKAY {2}\r\n'), literal('ab'), more('\r\n'), line('a1 OK\r\n')],
  },
];
