/** What a server does although nobody has asked for it. */
import type { Owner } from '../imap/connection-state.ts';
import type { Random } from '../random.ts';

/** A connection to be surprised on. */
export interface Surprised {
  /** The session that has it. */
  readonly session: Owner;
  /** Who is known to have it just now; `nobody`: it is parked for sure. */
  readonly holder: 'a session' | 'nobody' | 'nobody, and it idles' | 'unknown';
  /** Of whom an IDLE is running, if of a session. */
  readonly idler: Owner | undefined;
  /** Whether nothing is under way that could be meant by what is said now. */
  readonly isQuiet: boolean;
  write(text: string): void;
  /** Sends `text` in one read that is done at once. */
  writeAtOnce(text: string): void;
  /** Sends `text` some time later, behind everything before and ahead of everything after. */
  writeLater(text: string): void;
  /** No session but the one that has it may have it from now on. */
  spoil(why: string): void;
  sayBye(): void;
  end(): void;
  reset(): void;
  deafen(): void;
}

/** Does something unexpected on `connection`. */
export function surprise(connection: Surprised, random: Random): void {
  random.weighted<() => void>([
    [3, () => connection.end()],
    [3, () => connection.reset()],
    [1, () => connection.deafen()],
    [3, () => connection.sayBye()],
    [10, () => speakUp(connection, random)],
  ])();
}

function speakUp(connection: Surprised, random: Random): void {
  const { holder, idler } = connection;
  if (idler !== undefined) connection.write(`* OK News while idling @${idler}\r\n`);
  else if (holder === 'a session') speakToSession(connection, random);
  else if (holder !== 'unknown') speakParked(connection, random);
}

/** News; or what makes no sense, while nothing is under way that it could be meant for. */
function speakToSession(connection: Surprised, random: Random): void {
  if (connection.isQuiet && random.chance(0.2)) {
    connection.spoil('it has spoken out of turn');
    connection.writeAtOnce(random.pick(['+ Out of turn\r\n', 'X1 Out of turn\r\n']));
  } else if (random.chance(0.3)) {
    connection.write('* OK Still here\r\n');
  } else {
    tellNews(connection, random);
  }
}

/** A response with a literal, that takes its time. */
function tellNews(connection: Surprised, random: Random): void {
  const literal = `<@${connection.session}>`.repeat(1 + random.below(100));
  connection.write(`* 5 FETCH (NEWS {${literal.length}}\r\n`);
  for (const text of literal.match(/.{1,100}/g) ?? []) connection.writeLater(text);
  connection.writeLater(')\r\n');
}

/** At once, so that the proxy knows before it gives the connection to anybody. */
function speakParked(connection: Surprised, random: Random): void {
  const isIdling = connection.holder === 'nobody, and it idles';
  if (isIdling && random.chance(0.5)) {
    connection.write('* OK Still here\r\n');
    return;
  }
  const words = ['* 3 EXISTS\r\n', '* OK Sti', 'P1 OK\r\n', '+ OK\r\n'];
  connection.spoil('it has spoken while it was parked');
  connection.writeAtOnce(random.pick(isIdling ? words : [...words, '* OK Still here\r\n']));
}
