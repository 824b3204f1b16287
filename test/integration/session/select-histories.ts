import fc from 'fast-check';

/** One command of `us`, who selects again and again, or of `them`, another client of the same user. */
export interface Step {
  readonly who: 'us' | 'them';
  readonly command: string;
  readonly continuations: readonly string[];
}

/** What happens once INBOX, which holds one unseen message, was selected twice. */
export interface History {
  readonly title: string;
  readonly steps: readonly Step[];
  /** How many of its SELECTs need not go to the server where that counts changes. */
  readonly hits: number;
}

const MESSAGE = 'Subject: new\r\n\r\nbody\r\n';

export function us(command: string, ...continuations: string[]): Step {
  return { who: 'us', command, continuations };
}

function them(command: string): Step {
  return { who: 'them', command, continuations: [] };
}

export function append(flags = '', mailbox = 'INBOX'): string {
  return `APPEND ${mailbox} ${flags}{${MESSAGE.length}+}\r\n${MESSAGE}`;
}

export const SELECT: Step = us('SELECT INBOX');
const EXAMINE = us('EXAMINE INBOX');
const OTHER = us('SELECT Other');

const theyDelete = (set: string): readonly Step[] => [
  them('SELECT INBOX'),
  them(`STORE ${set} +FLAGS (\\Deleted)`),
  them('CLOSE'),
];
const theyStore = (...flags: readonly string[]): readonly Step[] => [
  them('SELECT INBOX'),
  ...flags.map((flag) => them(`STORE 1 ${flag}`)),
  them('UNSELECT'),
];

export const HISTORIES: readonly History[] = [
  { title: 'nothing happens', steps: [SELECT, SELECT], hits: 2 },
  {
    title: 'it only reads',
    steps: [us('FETCH 1:* FLAGS'), us('LIST "" *'), us('NOOP'), us('UID FETCH 1 BODY.PEEK[]'), SELECT],
    hits: 1,
  },
  { title: 'it sets a flag', steps: [us('UID STORE 1 +FLAGS (\\Seen)'), SELECT], hits: 0 },
  { title: 'it sets a flag in silence', steps: [us('STORE 1 +FLAGS.SILENT (\\Seen)'), SELECT], hits: 0 },
  { title: 'it sets a new flag', steps: [us('STORE 1 +FLAGS (new)'), SELECT, SELECT], hits: 1 },
  { title: 'it reads what was not seen', steps: [us('FETCH 1 BODY[]'), SELECT], hits: 0 },
  { title: 'it deletes', steps: [us('STORE 1 +FLAGS (\\Deleted)'), us('EXPUNGE'), SELECT], hits: 0 },
  { title: 'it appends', steps: [us(append()), SELECT, us('SEARCH RECENT')], hits: 0 },
  { title: 'it saves a search', steps: [us('SEARCH RETURN (SAVE) ALL'), SELECT, us('FETCH $ UID')], hits: 0 },
  {
    title: 'it uses EXAMINE',
    steps: [EXAMINE, EXAMINE, us('STORE 1 +FLAGS (\\Seen)'), SELECT, us('STORE 1 +FLAGS (\\Seen)')],
    hits: 1,
  },
  {
    title: 'it was refused another mailbox',
    steps: [us('SELECT none'), us('FETCH 1 UID'), SELECT, us('FETCH 1 UID')],
    hits: 0,
  },
  { title: 'it was in another mailbox', steps: [us('EXAMINE Other'), SELECT, us('FETCH 1 UID')], hits: 0 },
  {
    title: 'it names the mailbox in a literal',
    steps: [us('SELECT {5}', 'INBOX\r\n'), us('SELECT {5}', 'INBOX\r\n'), us('SELECT {5+}\r\nINBOX')],
    hits: 0,
  },
  { title: 'it spells the name otherwise', steps: [us('SELECT inbox'), us('SELECT "inbox"')], hits: 0 },
  { title: 'it asks for what it has on already', steps: [us('SELECT INBOX (CONDSTORE)')], hits: 0 },
  { title: 'it closes the mailbox', steps: [us('CLOSE'), SELECT], hits: 0 },
  { title: 'it is quicker than the server', steps: [us('NOOP\r\nx SELECT INBOX'), us('NOOP')], hits: 0 },
  {
    title: 'mail arrives',
    steps: [them(append()), SELECT, us('SEARCH RECENT'), us('FETCH 1:* FLAGS'), SELECT, SELECT],
    hits: 2,
  },
  { title: 'seen mail arrives', steps: [them(append('(\\Seen) ')), SELECT, us('SEARCH OLD')], hits: 1 },
  {
    title: 'mail with a new flag arrives',
    steps: [them(append('(new) ')), SELECT, us('SEARCH NEW')],
    hits: 1,
  },
  { title: 'mail arrives for EXAMINE', steps: [EXAMINE, EXAMINE, them(append()), EXAMINE, SELECT], hits: 1 },
  {
    title: 'mail arrives that it hears of',
    steps: [them(append()), us('NOOP'), SELECT, us('SEARCH RECENT')],
    hits: 0,
  },
  { title: 'mail arrives and goes', steps: [them(append()), ...theyDelete('2'), SELECT], hits: 0 },
  {
    title: 'mail goes and arrives',
    steps: [...theyDelete('1'), them(append()), SELECT, us('FETCH 1:* (UID FLAGS)')],
    hits: 1,
  },
  {
    title: 'mail is read while new mail arrives',
    steps: [...theyStore('+FLAGS (\\Seen other)'), them(append()), SELECT, us('SEARCH RECENT')],
    hits: 1,
  },
  { title: 'mail is read elsewhere', steps: [...theyStore('+FLAGS (\\Seen)'), SELECT], hits: 0 },
  {
    title: 'a flag is set elsewhere and taken back',
    steps: [...theyStore('+FLAGS (\\Seen)', '-FLAGS (\\Seen)'), SELECT],
    hits: 0,
  },
  { title: 'mail is deleted elsewhere', steps: [...theyDelete('1'), SELECT], hits: 0 },
  {
    title: 'another mailbox is deleted',
    steps: [OTHER, OTHER, OTHER, them('DELETE Other'), OTHER, OTHER],
    hits: 0,
  },
  {
    title: 'another mailbox is deleted and made again',
    steps: [OTHER, OTHER, them('DELETE Other'), them('CREATE Other'), OTHER, OTHER],
    hits: 0,
  },
  {
    title: 'another mailbox is renamed',
    steps: [OTHER, OTHER, OTHER, them('RENAME Other Else'), OTHER, us('SELECT Else')],
    hits: 0,
  },
  {
    title: 'another mailbox takes its place',
    steps: [OTHER, OTHER, them('RENAME Other Else'), them('CREATE Other'), OTHER],
    hits: 0,
  },
  {
    title: 'it renames and deletes another mailbox itself',
    steps: [us('RENAME Other Else'), SELECT, us('DELETE Else'), SELECT, SELECT],
    hits: 1,
  },
];

const store = fc
  .tuple(
    fc.constantFrom('1', '2', '1:*', '*', '2:3'),
    fc.constantFrom('+', '-'),
    fc.constantFrom('\\Seen', '\\Deleted', '\\Flagged', 'k1', 'k2'),
  )
  .map(([set, sign, flag]) => `STORE ${set} ${sign}FLAGS (${flag})`);
const appends = fc.constantFrom(
  ...['', '(\\Seen) ', '(k3) ', '(\\Flagged k1) '].map((flags) => append(flags)),
);
const ours = [
  'NOOP',
  'CHECK',
  'EXPUNGE',
  'FETCH 1:* (UID FLAGS)',
  'SEARCH RECENT',
  'SEARCH NEW',
  'LIST "" %',
];
const theirs = ['SELECT INBOX', 'EXAMINE INBOX', 'UNSELECT', 'EXPUNGE', 'CLOSE', 'UID FETCH 1:* BODY[]<0.1>'];

/** What two clients may do. */
export const history: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(SELECT) },
    { weight: 2, arbitrary: fc.constantFrom(EXAMINE, OTHER) },
    { weight: 2, arbitrary: store.map((command) => us(command)) },
    { weight: 4, arbitrary: fc.constantFrom(...ours).map((command) => us(command)) },
    { weight: 1, arbitrary: appends.map((command) => us(command)) },
    { weight: 3, arbitrary: appends.map(them) },
    { weight: 2, arbitrary: store.map(them) },
    { weight: 3, arbitrary: fc.constantFrom(...theirs).map(them) },
  ),
  { minLength: 3, maxLength: 14 },
);
