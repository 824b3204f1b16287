import type { Random } from '../random.ts';
import type { Piece } from './planned-command.ts';

/** How often a client does not wait where the protocol lets it wait. */
const RUSH_CHANCE = 0.05;

/** How often a write ends in the middle of a piece. */
const CUT_CHANCE = 0.2;

/** What a client is about to send, in pieces of which some must be asked for. */
export class Outbox {
  readonly #random: Random;
  #pieces: Piece[] = [];
  /** Of the first piece, what has been sent already. */
  #sentOctets = 0;
  /** Continuation requests heard and not yet used; negative for a client that does not wait for them. */
  #requests = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  add(pieces: readonly Piece[]): void {
    this.#pieces.push(...pieces);
  }

  /** Nothing more of this will be sent. */
  clear(): void {
    this.#pieces = [];
  }

  continued(): void {
    this.#requests += 1;
  }

  /** The command `tag` was answered: what it has not been asked for is not sent. */
  answered(tag: string): void {
    while (
      this.#sentOctets === 0 &&
      this.#pieces[0]?.needsContinuation === true &&
      this.#pieces[0].tag === tag
    ) {
      this.#pieces.shift();
    }
  }

  /** The next octets, up to the end of a piece; undefined when the first one has to be asked for. */
  take(): { readonly text: string; readonly piece: Piece } | undefined {
    const [piece] = this.#pieces;
    if (piece === undefined) return undefined;
    if (this.#sentOctets === 0 && piece.needsContinuation) {
      const mayGo = this.#requests > 0 || (piece.mayRush === true && this.#random.chance(RUSH_CHANCE));
      if (!mayGo) return undefined;
      this.#requests -= 1;
    }
    const left = piece.text.length - this.#sentOctets;
    const octets = this.#random.chance(CUT_CHANCE) ? 1 + this.#random.below(left) : left;
    const text = piece.text.slice(this.#sentOctets, this.#sentOctets + octets);
    this.#sentOctets += octets;
    if (octets === left) {
      this.#pieces.shift();
      this.#sentOctets = 0;
    }
    return { text, piece };
  }
}
