import { type Config, DIRECTIVES } from '../../src/config/directives.ts';

/** What there is to know about a directive beside its meaning, in short lines; values stand between backticks. */
export function directiveFacts<K extends keyof Config>(key: K): string[] {
  const { kind, unit, since } = DIRECTIVES[key];
  const fallback = defaultText(key);
  return [
    `Value: ${kind.expected}${unit === undefined || unit === 'seconds' ? '' : ` (${unit})`}`,
    `Default: ${fallback === undefined ? 'not set' : `\`${fallback}\``}`,
    `Since: ${since === 'classic' ? 'the classic daemon' : since}`,
  ];
}

/** The default as it would be written in the file; undefined where there is none. */
export function defaultText<K extends keyof Config>(key: K): string | undefined {
  const { kind, fallback } = DIRECTIVES[key];
  return fallback === undefined ? undefined : kind.format(fallback);
}
