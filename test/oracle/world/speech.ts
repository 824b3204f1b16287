/** What a client says after login: random commands, most of them legal, each under a tag that names its session. */
import type { Owner } from '../imap/connection-state.ts';
import type { Random } from '../random.ts';
import { burst, forged, junk, smuggled } from './oddities.ts';
import { lines, type Piece, type PlannedCommand, withData, withLiterals } from './planned-command.ts';
import {
  BULK,
  CONDSTORE,
  ENABLE,
  OPENING,
  PLAIN,
  REFUSED,
  type Speaker,
  type Vocabulary,
  WILD,
} from './vocabulary.ts';

/** What kinds of commands a session gives. */
export type Temper = 'plain' | 'condstore' | 'enabling' | 'wild' | 'bulk';

export class Speech implements Speaker {
  readonly owner: Owner;
  readonly random: Random;
  readonly #temper: Temper;
  #count = 0;
  #lastTag = '';
  /** The next command is one that nobody waits for in the middle. */
  #mustBePlain = false;

  constructor(owner: Owner, random: Random, tempers: readonly (readonly [number, Temper])[]) {
    this.owner = owner;
    this.random = random;
    this.#temper = random.weighted(tempers);
  }

  get box(): string {
    return `box@${this.owner}`;
  }

  /** The end of the session, with something behind it that must not be heard any more. */
  logout(tag: string): readonly Piece[] {
    const line = this.random.pick(['LOGOUT', 'logout', 'LOGOUT now']);
    const behind = this.random.chance(0.1) ? `${this.#tag()} CREATE behind-logout\r\n` : '';
    return [{ text: `${tag} ${line}\r\n${behind}`, needsContinuation: false, tag, isForProxy: true }];
  }

  /** The next command after login. */
  next(): PlannedCommand {
    const { random } = this;
    if (this.#mustBePlain) {
      this.#mustBePlain = false;
      return this.#say(PLAIN);
    }
    if (random.chance(0.12)) return this.#sayLiterals();
    if (random.chance(0.05)) return this.#idle();
    if (random.chance(0.03)) {
      // A mailbox is closed and another opened, without waiting in between.
      return lines([this.#tag(), 'CLOSE'], [this.#tag(), `SELECT "${this.box}"`]);
    }
    return this.#sayByTemper();
  }

  #sayByTemper(): PlannedCommand {
    const { random } = this;
    const isFirst = this.#count === 0;
    switch (this.#temper) {
      case 'plain':
        return this.#say(PLAIN);
      case 'condstore':
        return this.#say(random.chance(isFirst ? 0.7 : 0.3) ? CONDSTORE : PLAIN);
      case 'enabling':
        if (random.chance(isFirst ? 0.8 : 0.15)) return this.#say(ENABLE);
        return this.#say(random.chance(0.15) ? CONDSTORE : PLAIN);
      case 'wild':
        return this.#beWild();
      case 'bulk':
        return isFirst ? this.#say(OPENING) : this.#sayMuch();
    }
  }

  #say(vocabulary: Vocabulary): PlannedCommand {
    return lines([this.#tag(true), this.random.weighted(vocabulary)(this)]);
  }

  /** Much in both directions, and now and then a command that makes what is behind it wait. */
  #sayMuch(): PlannedCommand {
    return this.random.weighted<() => PlannedCommand>([
      [3, () => this.#say(BULK)],
      [3, () => this.#say(PLAIN)],
      [3, () => this.#sayLiterals()],
      [2, () => this.#refused()],
      [3, () => burst([this.#tag(), this.#tag(), this.#tag()], this.owner, this.random)],
    ])();
  }

  #beWild(): PlannedCommand {
    const { random, owner } = this;
    return random.weighted<() => PlannedCommand>([
      [24, () => this.#say(PLAIN)],
      [2, () => this.#say(CONDSTORE)],
      [2, () => this.#say(ENABLE)],
      [5, () => this.#say(WILD)],
      [2, () => this.#refused()],
      [1, () => junk(owner, random)],
      [1, () => smuggled(this.#tag(), owner, random)],
      [1, () => this.#forge()],
      [1, () => withData(this.#tag(), 'AUTHENTICATE PLAIN', random.pick(['*', 'AGEAYg==']))],
      [1, () => withLiterals(this.#tag(), ['ENABLE ', 'QRESYNC', ''], random)],
    ])();
  }

  #refused(): PlannedCommand {
    return lines([this.#tag(), this.random.pick(REFUSED)]);
  }

  #idle(): PlannedCommand {
    const { random } = this;
    const end = random.chance(0.1) ? random.pick(['NOOP', 'NOOP {4+}']) : 'DONE';
    return withData(this.#tag(), 'IDLE', end);
  }

  #forge(): PlannedCommand {
    const { random, owner } = this;
    const tag = this.#tag();
    this.#mustBePlain = random.chance(0.5);
    const target = `s${owner}n${this.#mustBePlain ? this.#count + 1 : 9_990}`;
    return forged(tag, target, owner, random);
  }

  /** APPEND of one message or two, to a mailbox that may be missing, and anything else that takes a literal. */
  #sayLiterals(): PlannedCommand {
    const { random, box } = this;
    const name = random.chance(0.2) ? `no-${box}` : box;
    const word = random.chance(0.06) ? 'bad-' : '';
    const append = `APPEND "${name}" (\\Seen) ${word}`;
    const parts = random.weighted<() => readonly string[]>([
      [1, () => ['SELECT ', box, '']],
      [1, () => ['STATUS ', box, ' (MESSAGES)']],
      [1, () => ['UID SEARCH SUBJECT ', this.#message(), ' UNSEEN']],
      [2.4, () => [append, this.#message(), '']],
      [0.6, () => [append, this.#message(), ' (\\Draft) ', this.#message(), '']],
    ])();
    return withLiterals(this.#tag(), parts, random);
  }

  #message(): string {
    const most = this.#temper === 'bulk' ? 60_000 : this.random.chance(0.1) ? 5_000 : 60;
    const size = this.random.below(most);
    return `<@${this.owner}>`.repeat(Math.ceil(size / 4)).slice(0, size);
  }

  /** A tag of this session; now and then, with `mayRepeat`, the last one again. */
  #tag(mayRepeat = false): string {
    if (mayRepeat && this.#lastTag !== '' && this.random.chance(0.01)) return this.#lastTag;
    this.#count += 1;
    this.#lastTag = `s${this.owner}n${this.#count}`;
    return this.#lastTag;
  }
}
