import { Secret } from '../base/secret.ts';
import { isHost, isNetwork } from './host.ts';

/** One way of writing a value in the configuration file. */
export interface Kind<T> {
  /** What a value must look like, worded to follow "expected". */
  readonly expected: string;
  /**
   * The value, or undefined where `text` is not of this kind. `text` is trimmed, without controls, and not
   * empty.
   */
  parse(text: string): T | undefined;
  /** Text that `parse` reads back as `value`; a secret gives `[secret]` instead. */
  format(value: T): string;
}

/** Node fires a timer beyond this many ms at once, so a longer time would mean none at all. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** `yes` or `no`, in every spelling of the classic daemon: `y`, `yes...`, `true`, `n`, `no...`, `false`. */
export const yesNo: Kind<boolean> = {
  expected: 'yes or no',
  parse(text) {
    if (/^(?:y|yes.*|true)$/i.test(text)) return true;
    return /^(?:n|no.*|false)$/i.test(text) ? false : undefined;
  },
  format: (value) => (value ? 'yes' : 'no'),
};

/** A whole number from `min` to `max`, written in digits only. */
export function whole(min: number, max: number): Kind<number> {
  return {
    expected: `a whole number from ${min} to ${max}`,
    parse: (text) => within(min, /^\d{1,15}$/.test(text) ? Number(text) : undefined, max),
    format: String,
  };
}

/**
 * Seconds in the file, whole or with up to three decimals; ms in memory. `minMs` is 0 where "at once" makes
 * sense.
 */
export function seconds(minMs: 0 | 1): Kind<number> {
  return {
    expected: `seconds from ${minMs / 1000} to ${MAX_TIMER_MS / 1000}`,
    parse(text) {
      const [, units, decimals = ''] = /^(\d{1,10})(?:\.(\d{1,3}))?$/.exec(text) ?? [];
      return units === undefined
        ? undefined
        : within(minMs, Number(units + decimals.padEnd(3, '0')), MAX_TIMER_MS);
    },
    format: (value) => String(value / 1000),
  };
}

/** A TCP port as a number from `min`, or by the name of the two IMAP services. */
export function port(min: 0 | 1): Kind<number> {
  const { parse } = whole(min, 65_535);
  const services = new Map([
    ['imap', 143],
    ['imaps', 993],
  ]);
  return {
    expected: `a port number from ${min} to 65535, imap or imaps`,
    parse: (text) => services.get(text.toLowerCase()) ?? parse(text),
    format: String,
  };
}

/** An IPv4 or IPv6 address, or a host name. */
export const host: Kind<string> = {
  expected: 'an address or a host name',
  parse: (text) => (isHost(text) ? text : undefined),
  format: String,
};

/** Networks, separated by blanks or commas: an address each, or an address and how many of its bits count. */
export const networks: Kind<readonly string[]> = {
  expected: 'networks such as 127.0.0.0/8 or ::1, separated by blanks',
  parse(value) {
    const parts = value.split(/[\s,]+/).filter((part) => part !== '');
    return parts.length > 0 && parts.every(isNetwork) ? parts : undefined;
  },
  format: (value) => value.join(' '),
};

/** Paths, separated by blanks. */
export const paths: Kind<readonly string[]> = {
  expected: 'paths to files, separated by blanks',
  parse(value) {
    const parts = value.split(/\s+/).filter((part) => part !== '');
    return parts.length > 0 ? parts : undefined;
  },
  format: (value) => value.join(' '),
};

/** The permissions of a file, in octal. */
export const fileMode: Kind<number> = {
  expected: 'permissions in octal such as 0660',
  parse: (value) => (/^0?[0-7]{3}$/.test(value) ? Number.parseInt(value, 8) : undefined),
  format: (value) => value.toString(8).padStart(4, '0'),
};

/** One out of a list of words or numbers, in any case of letters. */
export function choice<const T extends string | number>(...choices: readonly [T, T, ...T[]]): Kind<T> {
  return {
    expected: `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`,
    parse: (text) => choices.find((one) => String(one).toLowerCase() === text.toLowerCase()),
    format: String,
  };
}

/** Any text; `expected` says what it stands for. */
export function text(expected: string): Kind<string> {
  return { expected, parse: String, format: String };
}

/** Any text, never to be shown. */
export const secret: Kind<Secret> = {
  expected: 'any text',
  parse: (value) => new Secret(Buffer.from(value)),
  format: String,
};

function within(min: number, value: number | undefined, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}
