/**
 * What one client says after it has logged in, step by step. A text goes out as a command under the client's next
 * tag, and its answer is awaited; an exchange also answers continuation requests; a burst goes out as it is.
 */
export interface Sequence {
  readonly title: string;
  readonly steps: readonly Step[];
  /** Ends with the server's BYE; otherwise LOGOUT follows. */
  readonly endsByServer?: true;
}

export type Step = string | Exchange | Burst;

export interface Exchange {
  readonly command: string;
  readonly continuations: readonly string[];
}

export interface Burst {
  readonly octets: string;
  /** The tag whose answer is the last to come. */
  readonly lastTag: string;
}

/** What every mailbox holds at the start, in the order of its UIDs. */
export const MESSAGES: readonly string[] = [
  'From: a@example.org\r\nTo: b@example.org\r\nSubject: one\r\nMessage-ID: <1@x>\r\n\r\nfirst\r\n',
  'From: a@example.org\r\nSubject: Re: one\r\nIn-Reply-To: <1@x>\r\nReferences: <1@x>\r\n\r\nsecond\r\n',
  'From: "A, B" <c@example.org>\r\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nDate: Sat, 1 Jan 2022 10:00:00 +0000\r\n\r\nthird\r\n',
  'Subject: quotes " and \\ and 8-bit \xfc\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--\r\n',
  'Subject: looks like protocol\r\n\r\nt3 OK done\r\n* BYE\r\n+ go\r\n{99}\r\n)\r\n* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE\r\n',
  `Subject: large\r\n\r\n${'0123456789abcdef'.repeat(4)}\r\n`.repeat(2_000),
];

const MESSAGE = 'Subject: new\r\n\r\nbody\r\n';
const DATE = '"01-Feb-2022 10:00:00 +0000"';

function append(mailbox: string, flags = ''): Exchange {
  return {
    command: `APPEND ${mailbox} ${flags}${DATE} {${MESSAGE.length}}`,
    continuations: [`${MESSAGE}\r\n`],
  };
}

export const SEQUENCES: readonly Sequence[] = [
  { title: 'nothing at all', steps: [] },
  { title: 'NOOP and CAPABILITY', steps: ['NOOP', 'CAPABILITY', 'noop', 'capability'] },
  { title: 'ID', steps: ['ID NIL', 'ID ("name" "client" "version" "1")', 'ID ()', 'ID'] },
  { title: 'NAMESPACE', steps: ['NAMESPACE'] },
  { title: 'LIST in its forms', steps: ['LIST "" ""', 'LIST "" *', 'LIST "" %', 'LSUB "" *', 'XLIST "" *'] },
  {
    title: 'LIST-EXTENDED',
    steps: [
      'LIST (SUBSCRIBED) "" "*" RETURN (CHILDREN)',
      'LIST "" (INBOX "x") RETURN (STATUS (MESSAGES UIDNEXT))',
      'LIST () "" *',
    ],
  },
  {
    title: 'STATUS',
    steps: ['STATUS INBOX (MESSAGES RECENT UIDNEXT UNSEEN)', 'STATUS none (MESSAGES)', 'STATUS'],
  },
  { title: 'SELECT', steps: ['SELECT INBOX', 'NOOP'] },
  { title: 'EXAMINE', steps: ['EXAMINE INBOX', 'STORE 1 +FLAGS (\\Seen)', 'EXPUNGE', 'CLOSE'] },
  { title: 'SELECT of what is not there', steps: ['SELECT none', 'FETCH 1 FLAGS', 'SELECT ""', 'NOOP'] },
  {
    title: 'SELECT after SELECT',
    steps: ['SELECT INBOX', 'SELECT INBOX', 'EXAMINE INBOX', 'SELECT none', 'CHECK'],
  },
  {
    title: 'SELECT as a literal',
    steps: [{ command: 'SELECT {5}', continuations: ['INBOX\r\n'] }, 'SELECT "inbox"'],
  },
  { title: 'SELECT (CONDSTORE)', steps: ['SELECT INBOX (CONDSTORE)', 'FETCH 1:3 FLAGS'] },
  {
    title: 'UNSELECT and CLOSE',
    steps: ['SELECT INBOX', 'UNSELECT', 'UNSELECT', 'SELECT INBOX', 'CLOSE', 'CLOSE'],
  },
  { title: 'no mailbox selected', steps: ['FETCH 1 FLAGS', 'UID FETCH 1 FLAGS', 'EXPUNGE', 'CHECK'] },
  {
    title: 'FETCH of envelopes and structures',
    steps: [
      'SELECT INBOX',
      'FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)',
      'FETCH 1:* BODYSTRUCTURE',
    ],
  },
  { title: 'FETCH of macros', steps: ['EXAMINE INBOX', 'FETCH 1:4 ALL', 'FETCH 1:4 FAST', 'FETCH 1:4 FULL'] },
  {
    title: 'FETCH of bodies',
    steps: [
      'SELECT INBOX',
      'FETCH 1:5 BODY.PEEK[]',
      'FETCH 4 (BODY.PEEK[1] BODY.PEEK[2.MIME])',
      'FETCH 6 RFC822.TEXT',
    ],
  },
  {
    title: 'FETCH of parts of bodies',
    steps: [
      'EXAMINE INBOX',
      'FETCH 6 BODY.PEEK[]<100.50>',
      'FETCH 1:* BODY.PEEK[HEADER.FIELDS (Subject From)]',
      'FETCH 1:* BODY.PEEK[HEADER.FIELDS.NOT (Subject)]',
      'FETCH 4 BINARY.PEEK[1]',
      'FETCH 1:3 PREVIEW',
    ],
  },
  {
    title: 'FETCH that sets a flag',
    steps: ['SELECT INBOX', 'FETCH 1 BODY[]', 'FETCH 1 FLAGS', 'STORE 1 FLAGS ()'],
  },
  {
    title: 'FETCH of nothing',
    steps: ['SELECT INBOX', 'FETCH 99 FLAGS', 'UID FETCH 99 FLAGS', 'FETCH 0 FLAGS', 'FETCH x y'],
  },
  {
    title: 'UID FETCH',
    steps: ['SELECT INBOX', 'UID FETCH 1:* FLAGS', 'UID FETCH 2,4 (RFC822.SIZE)', 'uid fetch 1 uid'],
  },
  {
    title: 'a long set',
    steps: ['SELECT INBOX', `UID FETCH ${ids(3, 40_003, 7)} FLAGS`, `FETCH ${ids(1, 7, 1)} UID`],
  },
  {
    title: 'SEARCH',
    steps: [
      'SELECT INBOX',
      'SEARCH ALL',
      'SEARCH SUBJECT one',
      'UID SEARCH NOT SEEN',
      'SEARCH CHARSET UTF-8 TEXT x',
      'SEARCH',
    ],
  },
  {
    title: 'SEARCH for a literal',
    steps: [
      'SELECT INBOX',
      { command: 'SEARCH SUBJECT {3}', continuations: ['one\r\n'] },
      'SEARCH SUBJECT {3+}\r\none',
    ],
  },
  {
    title: 'ESEARCH',
    steps: [
      'SELECT INBOX',
      'SEARCH RETURN (MIN MAX COUNT) ALL',
      'SEARCH RETURN (SAVE) SUBJECT one',
      'FETCH $ UID',
      'SEARCH RETURN () 1:2',
    ],
  },
  {
    title: 'SORT and THREAD',
    steps: [
      'SELECT INBOX',
      'SORT (SUBJECT) UTF-8 ALL',
      'UID SORT (REVERSE SIZE) UTF-8 ALL',
      'THREAD REFS UTF-8 ALL',
    ],
  },
  {
    title: 'a search context',
    steps: [
      'SELECT INBOX',
      'SEARCH RETURN (UPDATE) ALL',
      'STORE 2 +FLAGS (\\Answered)',
      'STORE 2 -FLAGS (\\Answered)',
    ],
  },
  {
    title: 'STORE',
    steps: [
      'SELECT INBOX',
      'STORE 1:2 +FLAGS (\\Flagged $own)',
      'STORE 1 FLAGS.SILENT ()',
      'UID STORE 2 -FLAGS ($own \\Flagged)',
    ],
  },
  {
    title: 'a STORE on a condition',
    steps: ['SELECT INBOX', 'STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)', 'FETCH 1 (FLAGS MODSEQ)'],
  },
  {
    title: 'CREATE, RENAME, DELETE',
    steps: [
      'CREATE a',
      'CREATE a',
      'CREATE a.b',
      'RENAME a c',
      'LIST "" *',
      'DELETE c.b',
      'DELETE c',
      'DELETE c',
    ],
  },
  {
    title: 'SUBSCRIBE',
    steps: ['SUBSCRIBE INBOX', 'LSUB "" *', 'UNSUBSCRIBE INBOX', 'LSUB "" *', 'UNSUBSCRIBE x'],
  },
  {
    title: 'odd mailbox names',
    steps: [
      'CREATE "with blank"',
      'CREATE "q\\"b\\\\"',
      'CREATE "&APw-"',
      'CREATE "\xfc"',
      'LIST "" *',
      'DELETE "with blank"',
      'DELETE "&APw-"',
    ],
  },
  {
    title: 'a mailbox named in literals',
    steps: [
      { command: 'CREATE {3}', continuations: ['l t\r\n'] },
      { command: 'RENAME {3}', continuations: ['l t {3}\r\n', 'l u\r\n'] },
      'DELETE {3+}\r\nl u',
    ],
  },
  {
    title: 'APPEND',
    steps: [
      'CREATE box',
      append('box'),
      append('box', '(\\Seen \\Flagged) '),
      'SELECT box',
      'FETCH 1:* (FLAGS INTERNALDATE)',
    ],
  },
  { title: 'APPEND to the selected mailbox', steps: ['SELECT box', append('box'), 'NOOP', 'FETCH 3 BODY[]'] },
  {
    title: 'APPEND to nowhere',
    steps: [append('nowhere'), 'NOOP', `APPEND nowhere {${MESSAGE.length}+}\r\n${MESSAGE}`, 'NOOP'],
  },
  { title: 'APPEND without arguments', steps: ['APPEND', 'APPEND box', 'APPEND box {0+}\r\n', 'NOOP'] },
  {
    title: 'MULTIAPPEND',
    steps: [
      {
        command: `APPEND box ${DATE} {${MESSAGE.length}}`,
        continuations: [`${MESSAGE} ${DATE} {2}\r\n`, 'hi\r\n'],
      },
      `APPEND box ${DATE} {2+}\r\nab (\\Seen) ${DATE} {3+}\r\ncde`,
    ],
  },
  {
    title: 'CATENATE',
    steps: [`APPEND box ${DATE} CATENATE (TEXT {5+}\r\na: b\n TEXT {3+}\r\n\nyz)`, 'STATUS box (MESSAGES)'],
  },
  {
    title: 'COPY and MOVE',
    steps: [
      'CREATE to',
      'SELECT INBOX',
      'COPY 1:2 to',
      'UID COPY 99 to',
      'COPY 1 none',
      'SELECT to',
      'MOVE 1 box',
      'UID MOVE 2 box',
    ],
  },
  {
    title: 'EXPUNGE',
    steps: ['SELECT box', 'STORE 1:2 +FLAGS.SILENT (\\Deleted)', 'EXPUNGE', 'NOOP', 'EXPUNGE'],
  },
  {
    title: 'UID EXPUNGE',
    steps: ['SELECT box', 'STORE 1:* +FLAGS (\\Deleted)', 'UID EXPUNGE 4', 'STORE 1:* -FLAGS (\\Deleted)'],
  },
  {
    title: 'CLOSE that expunges',
    steps: ['SELECT box', 'STORE 1 +FLAGS (\\Deleted)', 'CLOSE', 'SELECT box'],
  },
  { title: 'deleted and logged out', steps: ['SELECT box', 'STORE 1 +FLAGS (\\Deleted)'] },
  {
    title: 'still deleted, not expunged',
    steps: ['SELECT box', 'SEARCH DELETED', 'STORE 1 -FLAGS (\\Deleted)'],
  },
  {
    title: 'IDLE',
    steps: [
      { command: 'IDLE', continuations: ['DONE\r\n'] },
      'SELECT INBOX',
      { command: 'idle', continuations: ['done\r\n'] },
      'NOOP',
    ],
  },
  { title: 'IDLE that ends otherwise', steps: [{ command: 'IDLE', continuations: ['x NOOP\r\n'] }, 'NOOP'] },
  {
    title: 'IDLE with arguments',
    steps: [{ command: 'IDLE nonsense', continuations: ['DONE\r\n'] }, 'NOOP'],
  },
  {
    title: 'ENABLE',
    steps: [
      'ENABLE CONDSTORE',
      'ENABLE NONSENSE',
      'SELECT INBOX',
      'STORE 1 +FLAGS (\\Seen)',
      'STORE 1 -FLAGS (\\Seen)',
    ],
  },
  {
    title: 'ENABLE QRESYNC',
    steps: [
      'ENABLE QRESYNC',
      'SELECT box',
      'STORE 1 +FLAGS (\\Deleted)',
      'EXPUNGE',
      'SELECT INBOX (QRESYNC (1 1))',
    ],
  },
  {
    title: 'ENABLE QRESYNC again',
    steps: ['enable qresync', 'SELECT INBOX', 'FETCH 1 FLAGS', 'FETCH 2 FLAGS (CHANGEDSINCE 1)'],
  },
  { title: 'no ENABLE after it', steps: ['SELECT INBOX', 'FETCH 1 FLAGS'] },
  {
    title: 'ENABLE not first',
    steps: ['NOOP', 'ENABLE QRESYNC', 'ENABLE CONDSTORE QRESYNC', 'ENABLE', 'SELECT INBOX'],
  },
  {
    title: 'STATUS with HIGHESTMODSEQ',
    steps: ['STATUS INBOX (HIGHESTMODSEQ)', 'SELECT INBOX', 'FETCH 1 FLAGS', 'STORE 1 FLAGS ()'],
  },
  { title: 'the FETCH of MODSEQ', steps: ['SELECT INBOX', 'FETCH 1 (MODSEQ)', 'FETCH 2 FLAGS'] },
  { title: 'NOTIFY', steps: ['NOTIFY SET (personal (MessageNew))', 'NOTIFY NONE', 'SELECT INBOX', 'NOTIFY'] },
  {
    title: 'commands that are none',
    steps: ['XYZZY', 'XYZZY {3+}\r\nabc', 'SELECT', 'UID', 'UID XYZZY 1', 'NOOP trailing'],
  },
  { title: 'LOGIN and AUTHENTICATE once more', steps: ['LOGIN a b', 'AUTHENTICATE PLAIN', 'NOOP'] },
  {
    title: 'lines that are no commands',
    steps: [
      { octets: '\r\nx1 NOOP\r\n', lastTag: 'x1' },
      { octets: ' x2 NOOP\r\nx3 NOOP\r\n', lastTag: 'x3' },
      { octets: '+ NOOP\r\nx4 NOOP\r\n', lastTag: 'x4' },
      { octets: 'x5\r\nx6 NOOP\r\n', lastTag: 'x6' },
    ],
  },
  {
    title: 'lines that end in LF alone, and in blanks',
    steps: [
      { octets: 'x1 NOOP\nx2 SELECT INBOX\n', lastTag: 'x2' },
      { octets: 'x3 NOOP \r\n', lastTag: 'x3' },
    ],
  },
  {
    title: 'tags of all kinds, and twice the same',
    steps: [
      { octets: '$1.$ NOOP\r\n', lastTag: '$1.$' },
      { octets: 'a1 NOOP\r\na10 NOOP\r\nA1 NOOP\r\na1 NOOP\r\nlast NOOP\r\n', lastTag: 'last' },
    ],
  },
  {
    title: 'a burst of commands',
    steps: [
      {
        octets:
          'x1 SELECT INBOX\r\nx2 UID SEARCH ALL\r\nx3 FETCH 1:3 (UID FLAGS)\r\nx4 FETCH 5:6 BODY.PEEK[]\r\n',
        lastTag: 'x4',
      },
    ],
  },
  {
    title: 'a burst with a literal that did not wait',
    steps: [
      { octets: 'x1 STATUS {5+}\r\nINBOX (MESSAGES)\r\nx2 EXAMINE {5}\r\nINBOX\r\n', lastTag: 'x2' },
      'CHECK',
    ],
  },
  {
    title: 'the deletion of the selected mailbox',
    steps: ['CREATE doomed', 'SELECT doomed', 'DELETE doomed'],
    endsByServer: true,
  },
  {
    title: 'too many mistakes',
    steps: Array.from({ length: 20 }, (_, index) => `XYZZY ${index}`),
    endsByServer: true,
  },
];

function ids(from: number, to: number, step: number): string {
  return Array.from({ length: Math.floor((to - from) / step) }, (_, index) => from + index * step).join(',');
}
