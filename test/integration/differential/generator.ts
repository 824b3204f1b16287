import type { Random } from '../storm/random-sessions.ts';
import {
  ANYWHERE,
  append,
  astring,
  enable,
  LASTING_MAILBOXES,
  PASSING_MAILBOXES,
  pick,
  SELECTED,
  STRANGE,
} from './support/random-commands.ts';

/** Lines of a script that make sense only together. */
export type Block = readonly string[];

/** What the generator knows of a session; nothing of it when there is none. */
interface Session {
  selected: string | undefined;
  vanishes: boolean;
}

const NAMES = ['A', 'A', 'A', 'B', 'B', 'C'] as const;

/** How a session can begin otherwise than with LOGIN in atoms and a wait for its answer. */
const LOGINS: readonly ((name: string) => Block)[] = [
  (name) => [`${name}: (connect)`, `${name}: LOGIN "<user>" <literal:<password>>`],
  (name) => [`${name}: (connect)`, `${name}: LOGIN <literal+:<user>> <literal+:<password>>`],
  (name) => [`${name}: (connect)`, `${name}: CAPABILITY`, `${name}: LOGIN <user> <password>`],
  (name) => [`${name}: (connect)`, `${name}: AUTHENTICATE PLAIN <base64:<NUL><user><NUL><password>>`],
  (name) => [
    `${name}: (connect)`,
    `${name}: AUTHENTICATE PLAIN`,
    `${name}= <base64:<NUL><user><NUL><password>>`,
  ],
  (name) => [
    `${name}: (connect)`,
    `${name}: AUTHENTICATE LOGIN`,
    `${name}= <base64:<user>>`,
    `${name}= <base64:<password>>`,
  ],
  (name) => [`${name}: (connect)`, `${name}&: LOGIN <user> <password>`, `${name}: SELECT INBOX`],
  (name) => [
    `${name}: (connect)`,
    `${name}&: LOGIN <user> <password>`,
    `${name}&: ENABLE QRESYNC`,
    `${name}: NAMESPACE`,
  ],
];

/** How a session can be left; what comes next meets what it has left behind. */
const DEPARTURES: readonly ((name: string) => Block)[] = [
  (name) => [`${name}: LOGOUT`, `${name}: (close)`, '(settled)'],
  (name) => [`${name}: LOGOUT`, `${name}: (close)`, '(settled)'],
  (name) => [`${name}: (close)`, '(settled)'],
  (name) => [`${name}: (reset)`, '(settled)'],
  (name) => [`${name}: IDLE`, `${name}: (close)`, '(settled)'],
  (name) => [`${name}= x SELECT IN<end>`, `${name}: (close)`, '(settled)'],
  (name) => [`${name}= x APPEND INBOX {40+}`, `${name}= half<end>`, `${name}: (reset)`, '(settled)'],
  (name) => [`${name}= x APPEND INBOX {40}`, `${name}: (close)`, '(settled)'],
];

/**
 * Writes a random script of some `commands` commands: sessions of one user, up to three at a time, that only say what
 * a client may say. The same numbers of `random` make the same script.
 */
export function generateScript(random: Random, commands: number): Block[] {
  const writer = new Writer(random);
  while (writer.commands < commands) writer.writeBlock();
  return writer.blocks;
}

class Writer {
  readonly blocks: Block[] = [];
  commands = 0;
  readonly #random: Random;
  readonly #sessions = new Map<string, Session>();
  #keywords = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  writeBlock(): void {
    const name = pick(NAMES, this.#random);
    const session = this.#sessions.get(name) ?? this.#begin(name);
    const roll = this.#random();
    if (roll < 0.1) this.#leave(name);
    else if (roll < 0.2) this.#burst(name, session);
    else if (roll < 0.22) this.#idle(name);
    else if (roll < 0.226) this.#idleMeanwhile(name, session);
    else if (roll < 0.3) this.#one(name, append(this.#random, false));
    else if (roll < 0.42) this.#select(name, session);
    else if (roll < 0.44) this.#one(name, pick(STRANGE, this.#random)(this.#random));
    else if (roll < 0.47) this.#delete(name);
    else this.#one(name, this.#command(session));
  }

  /** Its first command often decides which connection it is given. */
  #begin(name: string): Session {
    const session: Session = { selected: undefined, vanishes: false };
    this.#sessions.set(name, session);
    if (this.#random() < 0.3) this.#write(pick(LOGINS, this.#random)(name));
    if (this.#random() < 0.3) {
      const command = enable(this.#random);
      session.vanishes = command.includes('QRESYNC');
      this.#one(name, command);
    }
    return session;
  }

  #leave(name: string): void {
    this.#write(pick(DEPARTURES, this.#random)(name));
    this.#sessions.delete(name);
  }

  #burst(name: string, session: Session): void {
    const count = 2 + Math.floor(this.#random() * 4);
    const lines = Array.from({ length: count }, (_, index) => {
      // Whether the server has read what stands behind a message when it answers for that is a matter of chance.
      const isLast = index + 1 === count;
      const isAppend = isLast && this.#random() < 0.3;
      const command = isAppend ? append(this.#random, true) : withoutWaiting(this.#command(session));
      return `${name}${isLast ? '' : '&'}: ${command}`;
    });
    this.#write(lines);
  }

  #idle(name: string): void {
    this.#write([`${name}: IDLE`, `${name}= DONE`]);
  }

  /** What another session does is told to one in IDLE, which waits for it. */
  #idleMeanwhile(name: string, session: Session): void {
    const other = name === 'A' ? 'B' : 'A';
    if (session.selected === undefined) return;
    const { selected } = session;
    if (!this.#sessions.has(other)) this.#begin(other);
    const theirs = this.#sessions.get(other);
    if (theirs !== undefined) theirs.selected = selected;
    this.#keywords += 1;
    this.#write([
      `${other}: SELECT ${selected}`,
      `${name}: NOOP`,
      `${name}: IDLE`,
      `${other}: APPEND ${selected} "02-Feb-2022 10:00:00 +0000" <literal+:Subject: idle<CR><LF><CR><LF>>`,
      `${name}: (until EXISTS)`,
      `${other}: STORE * +FLAGS.SILENT (\\Deleted $key${this.#keywords})`,
      `${name}: (until FETCH)`,
      `${name}= DONE`,
      `${name}: NOOP`,
    ]);
  }

  #select(name: string, session: Session): void {
    const roll = this.#random();
    if (roll < 0.1) {
      this.#one(name, pick(['CLOSE', 'UNSELECT'], this.#random));
      session.selected = undefined;
      return;
    }
    const mailbox = pick(LASTING_MAILBOXES, this.#random);
    const parameters = pick(
      ['', '', '', '', ' (CONDSTORE)', ...(session.vanishes ? [' (QRESYNC (1 1))'] : [])],
      this.#random,
    );
    const verb = pick(['SELECT', 'SELECT', 'EXAMINE'], this.#random);
    this.#one(name, `${verb} ${astring(mailbox, this.#random)}${parameters}`);
    session.selected = mailbox;
  }

  /** Nobody has one of these open: a server may say at any time that such a mailbox is gone. */
  #delete(name: string): void {
    const [from, to] = [pick(PASSING_MAILBOXES, this.#random), pick(PASSING_MAILBOXES, this.#random)];
    this.#one(name, this.#random() < 0.7 ? `DELETE ${astring(from, this.#random)}` : `RENAME ${from} ${to}`);
  }

  #command({ selected }: Session): string {
    const isOutOfPlace = this.#random() < 0.05;
    const kinds = (selected !== undefined && this.#random() < 0.75) || isOutOfPlace ? SELECTED : ANYWHERE;
    return pick(kinds, this.#random)(this.#random);
  }

  #one(name: string, command: string): void {
    this.#write([`${name}: ${command}`]);
  }

  #write(block: Block): void {
    this.blocks.push(block);
    this.commands += block.filter((line) => /^[A-Z]&?: [A-Z]/.test(line)).length;
  }
}

function withoutWaiting(command: string): string {
  return command.replaceAll('<literal:', '<literal+:');
}
