/** What a world is like: what happens in it more often than in others. */
import type { Traits } from '../imap/execute.ts';
import type { Random } from '../random.ts';
import type { Temper } from './speech.ts';

/** How often things go wrong; each is a probability per occasion. */
export interface Misbehaviour {
  /** A login that is right is refused. */
  readonly refusedLogin: number;
  /** The login is never answered. */
  readonly deafAtLogin: number;
  /** The login is answered with words for this session only. */
  readonly loginNotice: number;
  /** An answer is held back, or overtaken by one behind it. */
  readonly heldAnswer: number;
  /** The proxy's own command is answered as it must not be. */
  readonly wrongAnswer: number;
  /** At a step, something happens on one of the connections: BYE, the end, or words that nobody asked for. */
  readonly surprise: number;
  /** At a step of a client, it leaves. */
  readonly clientEnd: number;
  /** At a step of a client, it reads nothing for a while. */
  readonly clientDeaf: number;
  /** At a step, a password changes. */
  readonly newPassword: number;
}

export interface Character {
  readonly misbehaviour: Misbehaviour;
  /** What kinds of sessions there are, and how many of each. */
  readonly tempers: readonly (readonly [number, Temper])[];
  /** Directives besides those that every world draws. */
  readonly directives: Readonly<Record<string, string | number>>;
  readonly hasUnselect: boolean | undefined;
  /** How fast time passes. */
  readonly haste: number;
  /** How often nothing happens for a minute or two, in percent of the times that it passes at all. */
  readonly pauses: number;
}

const ORDINARY: Character = {
  misbehaviour: {
    refusedLogin: 0.005,
    deafAtLogin: 0.001,
    loginNotice: 0.015,
    heldAnswer: 0.1,
    wrongAnswer: 0.015,
    surprise: 0.0015,
    clientEnd: 0.01,
    clientDeaf: 0.001,
    newPassword: 0.0007,
  },
  tempers: [
    [11, 'plain'],
    [4, 'condstore'],
    [5, 'enabling'],
    [4, 'wild'],
  ],
  directives: {},
  hasUnselect: undefined,
  haste: 1,
  pauses: 0.1,
};

const KEEPING: Character['directives'] = {
  cache_size: 500,
  cache_expiration_time: 300,
  max_parked_per_user: 4,
  max_connections_per_user: 0,
  reauth_interval: 0,
  server_lifetime: 0,
  server_max_uses: 0,
};

const CHARACTERS = {
  ordinary: ORDINARY,
  'wrong answers': unlike({ wrongAnswer: 0.3, loginNotice: 0.1 }),
  'no UNSELECT': { ...unlike({ wrongAnswer: 0.1 }), hasUnselect: false },
  enabling: {
    ...unlike({ clientEnd: 0.004 }),
    tempers: [
      [6, 'enabling'],
      [1, 'plain'],
    ],
    directives: { ...KEEPING, answer_from_memory: 'yes' },
  },
  wild: {
    ...unlike({}),
    tempers: [
      [3, 'wild'],
      [1, 'plain'],
    ],
  },
  surprising: unlike({ surprise: 0.02 }),
  impatient: unlike({ clientEnd: 0.06, heldAnswer: 0.3 }),
  bulky: { ...unlike({ clientDeaf: 0.03 }), tempers: [[1, 'bulk']] },
  'short trust': {
    ...unlike({ newPassword: 0.002 }),
    directives: {
      reauth_interval: 60,
      server_lifetime: 3600,
      server_max_uses: 0,
      cache_expiration_time: 300,
    },
    pauses: 3,
  },
  'short lives': {
    ...unlike({}),
    directives: { ...KEEPING, server_lifetime: 30 },
    pauses: 3,
  },
  resting: {
    ...unlike({ surprise: 0.006 }),
    directives: { ...KEEPING, park_idle: 5, check_delay: 5 },
    haste: 4,
  },
  'few uses': { ...unlike({}), directives: { ...KEEPING, server_max_uses: 3 } },
} as const satisfies Readonly<Record<string, Character>>;

export type CharacterName = keyof typeof CHARACTERS;

export const CHARACTER_NAMES = Object.keys(CHARACTERS) as readonly CharacterName[];

export function isCharacterName(name: string): name is CharacterName {
  return Object.hasOwn(CHARACTERS, name);
}

/** The character `name`; without a name every second world is an ordinary one. */
export function characterOf(name: CharacterName | undefined, random: Random): Character {
  return CHARACTERS[name ?? (random.chance(0.5) ? 'ordinary' : random.pick(CHARACTER_NAMES))];
}

/** What the server of such a world is like. */
export function traitsOf({ hasUnselect }: Character, random: Random): Traits {
  return { hasUnselect: hasUnselect ?? random.chance(0.8), isBehindProxy: false };
}

/** A world that keeps as many connections as it can, so that what is wrong with one is seen by another session. */
function unlike(misbehaviour: Partial<Misbehaviour>): Character {
  return {
    ...ORDINARY,
    misbehaviour: { ...ORDINARY.misbehaviour, ...misbehaviour },
    directives: KEEPING,
  };
}
