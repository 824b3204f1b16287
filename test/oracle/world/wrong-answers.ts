/** Answers to the proxy's own commands after which the connection must never be given to anybody. */
import type { Answer } from '../imap/server-model.ts';
import type { Random } from '../random.ts';

/** What a server does to answer. */
export interface WrongSpeaker {
  /** Nobody may use the connection from now on. */
  spoil(why: string): void;
  /** The mailbox that was opened to be read only is open to be changed. */
  openForWriting(): void;
  write(text: string, isWhole?: boolean): void;
  /** Sends `answer` in `ms`, while others may overtake it. */
  sayLate(answer: Answer, ms: number): void;
  deafen(): void;
}

/** What is wrong, and how it is said. */
type WrongAnswer = readonly [what: string, say: (answer: Answer, speaker: WrongSpeaker) => void];

/** Longer than the proxy waits for an answer to what it asks for itself. */
const TOO_LATE_MS = 2_100;

/** Of the latest answer, so that it may come at any time of the next session. */
const MUCH_TOO_LATE_MS = 20_000;

/** Wrong for any command of the proxy's. */
const WRONG_ANSWERS: readonly WrongAnswer[] = [
  ['NO', ({ text }, speaker) => speaker.write(text.replace(/ (?:OK|BAD) /, ' NO '))],
  ['much too late', (answer, speaker) => speaker.sayLate(answer, MUCH_TOO_LATE_MS)],
  ['never', (_, speaker) => speaker.deafen()],
  ['another tag', ({ tag, text }, speaker) => speaker.write(text.replace(`${tag} `, 'X1 '))],
  ['twice', ({ text, tag }, speaker) => speaker.write(`${text}${tag} OK Again\r\n`, true)],
  ['a continuation request', ({ text }, speaker) => speaker.write(`+ OK\r\n${text}`, true)],
  ['BYE', ({ text }, speaker) => speaker.write(`* BYE Shutting down\r\n${text}`, true)],
];

/** Wrong for a reset, and for the question whether a connection is still there. */
const WRONG_IN_RESET: readonly WrongAnswer[] = [
  ['too late', (answer, speaker) => speaker.sayLate(answer, TOO_LATE_MS)],
];

/** Wrong for the last command of a reset, behind which nothing may come. */
const WRONG_AT_THE_END: readonly WrongAnswer[] = [
  ['BAD', ({ text }, speaker) => speaker.write(text.replace(/ OK /, ' BAD '))],
  ['news behind it', ({ text }, speaker) => speaker.write(`${text}* 5 EXISTS\r\n`, true)],
  ['half a line behind it', ({ text }, speaker) => speaker.write(`${text}* OK Hal`, true)],
  ['words behind it', ({ text }, speaker) => speaker.write(`${text}* OK Still here\r\n`, true)],
];

/** Closing what can be changed expunges it. */
const WRONG_AT_EXAMINE: WrongAnswer = [
  'open for writing',
  ({ text }, speaker) => {
    speaker.openForWriting();
    speaker.write(text.replace('READ-ONLY', 'READ-WRITE'));
  },
];

const RESET: ReadonlySet<string> = new Set(['UNSELECT', 'EXAMINE', 'CLOSE', 'NOOP']);

/** Answers the proxy's command `name` otherwise than by `answer`, so that nobody may use the connection any more. */
export function answerWrongly(name: string, answer: Answer, speaker: WrongSpeaker, random: Random): void {
  const choices = [...WRONG_ANSWERS];
  if (RESET.has(name)) choices.push(...WRONG_IN_RESET);
  if (name === 'NOOP') choices.push(...WRONG_AT_THE_END);
  if (name === 'EXAMINE') choices.push(WRONG_AT_EXAMINE, WRONG_AT_EXAMINE);
  const [what, say] = random.pick(choices);
  speaker.spoil(`the proxy's own ${name} was answered wrongly (${what})`);
  say(answer, speaker);
}
