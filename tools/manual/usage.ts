/** The options of a program, out of the text that it prints with `--help`. */
import { entry, sectionOf } from './blocks.ts';
import { bold, escaped, italic, textLine } from './roff.ts';

interface UsageOption {
  readonly short: string | undefined;
  readonly long: string;
  readonly argument: string | undefined;
  /** Where `argument` has one: what stands in parentheses at the end. */
  readonly fallback: string | undefined;
}

/** As in `  -f, --config FILE    configuration file (/etc/imapproxy.conf)`. */
const OPTION = /^ {2}(?:(-\w), | {4})--([\w-]+)(?: ([A-Z]+))? {2,}.*?(?: \((\S+)\))?$/;

/** The section SYNOPSIS: the forms that `usage` begins with. */
export function synopsis(usage: string): string {
  const [forms = ''] = usage.split('\n\n', 1);
  const lines = forms.split('\n').map((line) => synopsisLine(line.replace(/^Usage:/, '').trim()));
  return sectionOf('SYNOPSIS', lines.join('\n.br\n'));
}

/**
 * The section OPTIONS, in the order of `usage`.
 *
 * @param meanings what each option does, by its long name.
 * @throws Error when `meanings` and `usage` are not about the same options.
 */
export function optionList(usage: string, meanings: Readonly<Record<string, string>>): string {
  const options = optionsIn(usage);
  const known = new Set(options.map(({ long }) => long));
  const stray = Object.keys(meanings).find((name) => !known.has(name));
  if (stray !== undefined) throw new Error(`Cannot describe --${stray}: the usage text has no such option`);
  return sectionOf('OPTIONS', ...options.map((option) => optionEntry(option, meanings[option.long])));
}

function optionsIn(usage: string): UsageOption[] {
  const lines = usage.split('\n').filter((line) => /^ +--?\w/.test(line));
  return lines.map((line) => {
    const [, short, long, argument, fallback] = OPTION.exec(line) ?? [];
    if (long === undefined) throw new Error(`Cannot read the usage text: expected an option in "${line}"`);
    return { short, long, argument, fallback };
  });
}

function optionEntry({ short, long, argument, fallback }: UsageOption, meaning: string | undefined): string {
  if (meaning === undefined) throw new Error(`Cannot describe --${long}: expected its meaning`);
  const value = argument === undefined ? '' : ` ${italic(argument)}`;
  const names = [short, `--${long}`].filter((name) => name !== undefined).map(bold);
  return entry(names.join(', ') + value, meaning, fallback === undefined ? [] : [`Default: \`${fallback}\``]);
}

/** The program and its options in bold, what stands for a value in italics. */
function synopsisLine(form: string): string {
  const [program = '', ...words] = form.split(/(?= )|(?<=\[)|(?=\])/);
  return textLine(bold(program), ...words.map(synopsisWord));
}

function synopsisWord(word: string): string {
  const blank = word.startsWith(' ') ? ' ' : '';
  const text = word.trim();
  if (text.startsWith('-')) return blank + bold(text);
  return blank + (/^[A-Z]+$/.test(text) ? italic(text) : escaped(text));
}
