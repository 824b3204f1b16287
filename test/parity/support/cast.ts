/** Who plays: transcripts speak of alice and carol, and nobody else's connections and mailboxes are touched. */
import { SIDES, type Side } from './transcript.ts';

/** The names in transcripts. Every pair of players gets names of the same lengths, so that literals fit. */
const ROLES = ['alice', 'carol'] as const;
type Role = (typeof ROLES)[number];

export class Cast {
  readonly #players: ReadonlyMap<Role, string>;

  /** @param index of the transcript; below 648, the pairs of two digits that two sides leave. */
  constructor(index: number, side: Side) {
    const code = (index * SIDES.length + SIDES.indexOf(side)).toString(36).padStart(2, '0');
    this.#players = new Map(ROLES.map((role) => [role, `${role.slice(0, -2)}${code}`]));
  }

  /** Every name that transcripts with an index below `count` use. */
  static all(count: number): string[] {
    return Array.from({ length: count }, (_, index) => index).flatMap((index) =>
      SIDES.flatMap((side) => [...new Cast(index, side).#players.values()]),
    );
  }

  get alice(): string {
    return this.#players.get('alice') ?? '';
  }

  isNamedIn(text: string): boolean {
    return this.undress(text) !== text;
  }

  /** `text` of a transcript for the daemon, in capitals where that has them. */
  dress(text: string): string {
    return this.#swap(text, (role, player) => [role, player]);
  }

  /** What a daemon said, for a transcript. */
  undress(text: string): string {
    return this.#swap(text, (role, player) => [player, role]);
  }

  #swap(text: string, pair: (role: string, player: string) => readonly [string, string]): string {
    return [...this.#players].reduce((swapped, [role, player]) => {
      const [from, to] = pair(role, player);
      return swapped.replaceAll(from, to).replaceAll(from.toUpperCase(), to.toUpperCase());
    }, text);
  }
}
