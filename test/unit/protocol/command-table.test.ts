import { describe, expect, it } from 'vitest';
import { effectOf, mayRepeat } from '../../../src/protocol/command-effects.ts';
import { COMMAND_TABLE } from '../../../src/protocol/command-table.ts';

const NAMES: readonly string[] = COMMAND_TABLE.flatMap(({ names }) => names);

/** Once more and by hand: what asks and changes nothing, or brings about the same however often it is run. */
const REPEATABLE = `
  CAPABILITY NOOP CHECK LIST LSUB XLIST RLIST RLSUB NAMESPACE STATUS SEARCH UID_SEARCH ESEARCH FETCH UID_FETCH ID
  SORT UID_SORT THREAD UID_THREAD GETQUOTA GETQUOTAROOT GETACL LISTRIGHTS MYRIGHTS GETMETADATA GENURLAUTH URLFETCH
  SELECT EXAMINE ENABLE IDLE`
  .trim()
  .split(/\s+/)
  .map((name) => name.replace('_', ' '));

describe('COMMAND_TABLE', () => {
  it('has every command once', () => {
    expect(NAMES.filter((name, index) => NAMES.indexOf(name) !== index)).toEqual([]);
  });

  it('writes names as they are looked up: upper case, two words after UID only', () => {
    expect(NAMES.filter((name) => !/^(?:UID )?[A-Z]+$/.test(name))).toEqual([]);
  });

  it('says of every row where it comes from', () => {
    expect(COMMAND_TABLE.filter(({ source }) => !/RFC \d+|Gmail/.test(source))).toEqual([]);
  });

  it.each(COMMAND_TABLE.flatMap((row) => row.names.map((name) => ({ ...row, name }))))(
    'is what decides about $name',
    ({ name, effect, repeats }) => {
      expect(effectOf(name)).toBe(effect);
      expect(mayRepeat(name)).toBe(repeats === 'any times');
    },
  );

  it('names as unknown no command, for what is unknown is not in it', () => {
    expect(COMMAND_TABLE.filter(({ effect }) => effect === 'unknown')).toEqual([]);
  });
});

describe('mayRepeat', () => {
  it('holds for those commands that may be run twice, and for no other', () => {
    expect(NAMES.filter(mayRepeat).sort()).toEqual([...REPEATABLE].sort());
  });

  it.each([
    'APPEND',
    'STORE',
    'UID STORE',
    'COPY',
    'UID COPY',
    'MOVE',
    'UID MOVE',
    'EXPUNGE',
    'UID EXPUNGE',
    'CLOSE',
    'CREATE',
    'DELETE',
    'RENAME',
    'SUBSCRIBE',
    'REPLACE',
    'UID REPLACE',
    'SETACL',
    'SETMETADATA',
    'SETQUOTA',
    'RESETKEY',
    'AUTHENTICATE',
    'LOGOUT',
  ])('does not hold for %s, which changes something', (name) => {
    expect(mayRepeat(name)).toBe(false);
  });

  it.each(['', 'LOGIN', 'XYZZY', 'UID', 'noop', 'constructor', '__proto__'])(
    'does not hold for %j, of which nothing is known',
    (name) => {
      expect(mayRepeat(name)).toBe(false);
    },
  );

  it.each(['deselects', 'authenticates', 'logs out', 'refused', 'lasting'])(
    'does not hold for a command that %s: the state before it is gone',
    (effect) => {
      const rows = COMMAND_TABLE.filter((row) => row.effect === effect);
      expect(rows.map(({ repeats }) => repeats)).toEqual(rows.map(() => 'once'));
      expect(rows.length).toBeGreaterThan(0);
    },
  );
});
