/** What the null server says: the answers of a real one (Dovecot 2.3) with an inbox of 15 messages, made in advance. */

export const CAPABILITY_BEFORE = 'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+';
const CAPABILITY_AFTER =
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS ' +
  'THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED ' +
  'I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE ' +
  'SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE';

export const LOGIN_OK = `OK [CAPABILITY ${CAPABILITY_AFTER}] Logged in\r\n`;

const HEADER =
  'Date: Mon, 23 Nov 2026 06:10:27 +0000\r\nFrom: Anna Lindqvist <anna@example.org>\r\nTo: ben@example.org\r\n' +
  'Subject: The figures of last week\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n';

const LIST = Array.from(
  { length: 15 },
  (_, index) =>
    `* ${index + 1} FETCH (FLAGS (\\Seen) RFC822.SIZE 4321 UID ${index + 1} ` +
    `BODY[HEADER.FIELDS (DATE FROM TO SUBJECT CONTENT-TYPE IMPORTANCE)] {${HEADER.length}}\r\n${HEADER})\r\n`,
).join('');

const SELECT =
  '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n' +
  '* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags permitted.\r\n' +
  '* 15 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1668772800] UIDs valid\r\n* OK [UIDNEXT 16] Predicted next UID\r\n';

/** The untagged part and the text of the tagged line, by command; anything else is just completed. */
export const ANSWERS: ReadonlyMap<string, readonly [untagged: string, tagged: string]> = new Map([
  ['SELECT', [SELECT, 'OK [READ-WRITE] Select completed (0.001 + 0.000 secs).\r\n']],
  ['EXAMINE', [SELECT, 'OK [READ-ONLY] Examine completed (0.001 + 0.000 secs).\r\n']],
  ['NAMESPACE', ['* NAMESPACE (("" ".")) NIL NIL\r\n', 'OK Namespace completed.\r\n']],
  ['ID', ['* ID ("name" "null")\r\n', 'OK ID completed.\r\n']],
]);

/** The answer to a list of several messages. */
export const LIST_ANSWER: readonly [string, string] = [LIST, 'OK Fetch completed (0.001 + 0.000 secs).\r\n'];
/** The answer to a small question about one message. */
export const FLAGS_ANSWER: readonly [string, string] = [
  '* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n',
  'OK Fetch completed (0.001 + 0.000 secs).\r\n',
];
