import { CONFIG_KEYS, type Config, DIRECTIVES, KEYS_BY_NAME } from './directives.ts';
import type { Finding } from './finding.ts';
import { nameIn, type Setting } from './parse.ts';
import { suggest } from './suggest.ts';

/** Where a value comes from: a line of the file, counted from 1, or the table of directives. */
export type Origin = number | 'default';

/** What a configuration file amounts to. */
export interface Resolution {
  readonly file: string;
  /** Frozen and complete; where a value cannot be read, the default stands in. */
  readonly config: Config;
  readonly origins: { readonly [K in keyof Config]: Origin };
  /** In the order of lines. */
  readonly findings: readonly Finding[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Complaint = Pick<Finding, 'severity' | 'message'>;

/** Longest piece of a value that a finding repeats, in characters. */
const MAX_SHOWN = 60;

/**
 * Looks every setting up in the table of directives and fills the rest with defaults. Never throws: each
 * complaint becomes a finding. Of several settings of one directive the last counts, as in the classic
 * daemon.
 */
export function resolveConfig(file: string, settings: readonly Setting[]): Resolution {
  const findings: Finding[] = [];
  const chosen = new Map<keyof Config, Setting>();
  for (const setting of settings) {
    const { keyword: directive, line } = setting;
    const key = KEYS_BY_NAME.get(directive);
    if (key === undefined) {
      findings.push({ file, line, ...unknown(directive) });
      continue;
    }
    const earlier = chosen.get(key);
    if (earlier !== undefined) {
      const message = `replaces the value set in line ${earlier.line}`;
      findings.push({ severity: 'warning', file, line, directive, message });
    }
    chosen.set(key, setting);
  }
  const config = fromKeys((key) => DIRECTIVES[key].fallback) as Mutable<Config>;
  for (const [key, setting] of chosen) {
    const complaint = apply(key, setting.value, config);
    if (complaint !== undefined) {
      findings.push({ ...complaint, file, line: setting.line, directive: setting.keyword });
    }
  }
  const origins = fromKeys((key) => chosen.get(key)?.line ?? 'default');
  return { file, config: Object.freeze(config), origins: Object.freeze(origins), findings: byLine(findings) };
}

/** `findings` in the order of lines; those of no line come last. */
export function byLine(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => (a.line ?? Number.MAX_VALUE) - (b.line ?? Number.MAX_VALUE));
}

function unknown(keyword: string): Pick<Finding, 'severity' | 'directive' | 'message'> {
  const directive = nameIn(keyword);
  if (directive !== keyword) {
    // `force_tls= yes` must not pass for a word of no meaning.
    const severity = KEYS_BY_NAME.has(directive ?? '') ? 'error' : 'warning';
    return { severity, directive, message: 'unknown directive: expected a blank between keyword and value' };
  }
  const nearest = suggest(keyword, [...KEYS_BY_NAME.keys()]);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return { severity: 'warning', directive, message: `unknown directive, ignored${hint}` };
}

function apply<K extends keyof Config>(key: K, text: string, config: Mutable<Config>): Complaint | undefined {
  const { kind } = DIRECTIVES[key];
  const value = kind.parse(text);
  if (value === undefined) {
    return { severity: 'error', message: `expected ${kind.expected}, not '${shown(text)}'` };
  }
  config[key] = value;
  return undefined;
}

function shown(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

function fromKeys<T>(pick: (key: keyof Config) => T): { [K in keyof Config]: T } {
  return Object.fromEntries(CONFIG_KEYS.map((key) => [key, pick(key)])) as { [K in keyof Config]: T };
}
