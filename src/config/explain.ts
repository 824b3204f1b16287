import { CONFIG_KEYS, type Config, DIRECTIVES } from './directives.ts';
import type { Resolution } from './resolve.ts';

/** Room for the longest default, the path of the protocol log. */
const VALUE_COLUMNS = 34;
const NAME_COLUMNS = Math.max(...CONFIG_KEYS.map((key) => DIRECTIVES[key].name.length));

/**
 * What `--explain` prints: for each directive its value with unit, where the value comes from, and below it
 * the first sentence of its description. Lines keep to 100 columns unless a path is long; secrets are not
 * shown.
 */
export function explain(resolution: Resolution): string {
  return CONFIG_KEYS.map((key) => explainOne(key, resolution)).join('\n');
}

/** The first sentence of the description of a directive. */
export function summaryOf(doc: string): string {
  return doc.replace(/(?<=\.) .*$/s, '');
}

function explainOne<K extends keyof Config>(key: K, { file, config, origins }: Resolution): string {
  const { name, kind, unit, doc } = DIRECTIVES[key];
  const value = config[key];
  const text = value === undefined ? 'not set' : [kind.format(value), unit].filter(Boolean).join(' ');
  const origin = origins[key] === 'default' ? 'default' : `${file}:${origins[key]}`;
  return `${name.padEnd(NAME_COLUMNS)}  ${text.padEnd(VALUE_COLUMNS)}  ${origin}\n    ${summaryOf(doc)}\n`;
}
