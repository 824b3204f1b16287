/**
 * Asks the server what it would answer the SELECT of the mailbox that is open with, without opening it anew.
 *
 * Asking is not without effect: new mail that a NOOP tells of is recent in this session and in no later one
 * (RFC 3501 section 2.3.2), so that a SELECT behind it would no longer count it. The mailbox stays open then, and
 * the answer is made of what the server says of it now.
 */
import type { Clock } from '../base/clock.ts';
import { ProxyError } from '../base/errors.ts';
import type { Response } from '../protocol/response-line.ts';
import type { SelectAnswer, SelectNumber } from '../protocol/select-answer.ts';
import type { ReuseObstacle } from '../protocol/session-state.ts';
import { Dialogue } from './dialogue.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** What a SELECT or EXAMINE was answered with. */
export interface SelectedMailbox {
  /** The command without its tag. */
  readonly command: string;
  readonly answer: SelectAnswer;
  /** What stood behind the tag, line ending included. */
  readonly completion: string;
}

export interface SelectCheck {
  /** What SELECT would be answered with now; undefined where it has to be put to the server itself. */
  readonly answer: SelectAnswer | undefined;
  /** What else the server said that its client has to hear, latin1, line endings included: alerts and a BYE. */
  readonly notices: string;
  /** What shows that the connection cannot be used again. */
  readonly obstacle: ReuseObstacle | undefined;
}

/** As long as a client would wait for its SELECT, in ms. */
const CHECK_TIMEOUT_MS = 60_000;

const ITEMS: Readonly<Record<SelectNumber, string>> = {
  EXISTS: 'MESSAGES',
  RECENT: 'RECENT',
  UIDNEXT: 'UIDNEXT',
  UIDVALIDITY: 'UIDVALIDITY',
  HIGHESTMODSEQ: 'HIGHESTMODSEQ',
};

/** News of an open mailbox that {@link SelectAnswer.updated} covers. */
const NEWS =
  /^\* (?:\d+ (?:EXISTS|RECENT|EXPUNGE|FETCH)|VANISHED|FLAGS|OK \[(?:PERMANENTFLAGS|HIGHESTMODSEQ))\b/i;

const STATUS = /^\* STATUS \S+ \(([^()]*)\)\r\n$/i;
const FIRST_UNSEEN = /^\* ESEARCH \(TAG "[^"]*"\)(?: MIN (\d+))?\r\n$/i;

/** What came of some commands. */
interface Round {
  readonly numbers: Numbers | undefined;
  /** Undefined where it was not asked for; empty where everything is seen. */
  readonly firstUnseen: string | undefined;
  readonly news: readonly string[];
}

type Numbers = Readonly<Record<SelectNumber, string>>;

/**
 * Resolves with what the server says. To be asked while nothing is pending and the server stands between two
 * responses; whoever reads the connection has to attach to it again. A connection that fails is destroyed.
 */
export async function checkSelect(
  connection: UpstreamConnection,
  mailbox: SelectedMailbox,
  clock: Clock,
): Promise<SelectCheck> {
  const check = new Check(connection, mailbox, clock);
  const answer = await check.run();
  return { answer, notices: check.notices, obstacle: check.obstacle };
}

class Check {
  readonly #dialogue: Dialogue;
  readonly #mailbox: SelectedMailbox;
  #notices = '';
  #obstacle: ReuseObstacle | undefined;

  constructor(connection: UpstreamConnection, mailbox: SelectedMailbox, clock: Clock) {
    this.#mailbox = mailbox;
    this.#dialogue = new Dialogue(connection, clock, CHECK_TIMEOUT_MS, 'select');
  }

  get notices(): string {
    return this.#notices;
  }

  get obstacle(): ReuseObstacle | undefined {
    return this.#obstacle;
  }

  async run(): Promise<SelectAnswer | undefined> {
    try {
      return await this.#ask();
    } catch (error) {
      if (error instanceof ProxyError) return undefined;
      throw error;
    } finally {
      this.#dialogue.end();
    }
  }

  async #ask(): Promise<SelectAnswer | undefined> {
    const { command, answer } = this.#mailbox;
    // Without it the first unseen message could only be found in a list of them all (RFC 4731).
    if (this.#dialogue.connection.login?.capabilities.includes('ESEARCH') !== true) return undefined;
    const status = `STATUS ${command.slice(command.indexOf(' ') + 1)} (${Object.values(ITEMS).join(' ')})`;
    let round = await this.#say('NOOP', status);
    if (round?.numbers === undefined) return undefined;
    if (round.news.length === 0) return isSame(round.numbers, answer) ? answer : undefined;
    const isRecentLost = command.startsWith('SELECT ') && round.numbers.RECENT !== '0';
    if (!isRecentLost || round.numbers.UIDVALIDITY !== answer.numberOf('UIDVALIDITY')) return undefined;
    const news = [...round.news];
    do {
      round = await this.#say('SEARCH RETURN (MIN) UNSEEN', 'NOOP', status);
      if (round?.numbers === undefined || round.firstUnseen === undefined) return undefined;
      news.push(...round.news);
    } while (round.news.length > 0);
    return answer.updated(news, round.numbers, round.firstUnseen);
  }

  /**
   * One after another: Dovecot 2.3 answers a STATUS in the same write as the NOOP before it looks for changes.
   * Undefined where one was refused, or anything was said that may mean more.
   */
  async #say(...commands: readonly string[]): Promise<Round | undefined> {
    const said: string[] = [];
    for (const command of commands) {
      if (!(await this.#put(command, said))) return undefined;
    }
    return understand(said);
  }

  /** Adds to `said` what is not tagged; resolves whether the command was answered OK, and nothing else was. */
  async #put(command: string, said: string[]): Promise<boolean> {
    const tag = this.#dialogue.connection.nextTag();
    this.#dialogue.send(`${tag} ${command}\r\n`);
    let status: string | undefined;
    while (status === undefined || !this.#dialogue.isQuiet) {
      const { response, octets } = await this.#dialogue.next();
      if (response.kind === 'data' || (response.kind === 'status' && response.tag === undefined)) {
        said.push(octets.toString('latin1'));
        this.#hear(response, octets);
      } else if (response.kind === 'status' && response.tag === tag && status === undefined) {
        status = response.status;
      } else {
        this.#obstacle ??= 'stray response';
      }
    }
    return status === 'OK' && this.#obstacle === undefined;
  }

  #hear(response: Response, octets: Buffer): void {
    if (response.kind !== 'status') return;
    const isBye = response.status === 'BYE';
    if (isBye) this.#obstacle ??= 'bye';
    if (isBye || response.code?.name === 'ALERT') this.#notices += octets.toString('latin1');
  }
}

function understand(said: readonly string[]): Round | undefined {
  const news: string[] = [];
  let numbers: Numbers | undefined;
  let firstUnseen: string | undefined;
  for (const line of said) {
    const status = STATUS.exec(line);
    const search = FIRST_UNSEEN.exec(line);
    if (NEWS.test(line)) news.push(line);
    else if (status !== null && numbers === undefined) numbers = numbersIn(status[1] ?? '');
    else if (search !== null && firstUnseen === undefined) firstUnseen = search[1] ?? '';
    else return undefined;
  }
  return { numbers, firstUnseen, news };
}

/** @param list of a STATUS response, without its parentheses. */
function numbersIn(list: string): Numbers | undefined {
  const words = list.toUpperCase().split(' ');
  const value = (name: SelectNumber): string => words[words.indexOf(ITEMS[name]) + 1] ?? '';
  const numbers = {
    EXISTS: value('EXISTS'),
    RECENT: value('RECENT'),
    UIDNEXT: value('UIDNEXT'),
    UIDVALIDITY: value('UIDVALIDITY'),
    HIGHESTMODSEQ: value('HIGHESTMODSEQ'),
  };
  return Object.values(numbers).every((number) => /^\d+$/.test(number)) ? numbers : undefined;
}

function isSame(numbers: Numbers, answer: SelectAnswer): boolean {
  const names = Object.keys(numbers) as SelectNumber[];
  return names.every((name) => numbers[name] === answer.numberOf(name));
}
