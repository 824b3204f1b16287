/** Text for troff: everything is escaped that it would read as a request, or show as another character. */

/**
 * In prose `-` would become a hyphen, `'` and `` ` `` quotation marks, `^` and `~` accents; a name that is copied
 * from a page would then not be the name.
 */
const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\(rs',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

/** `text` as part of a line. The result is ASCII; a `.` at its beginning is left to {@link textLine}. */
export function escaped(text: string): string {
  return text
    .replace(/[\\\-'`^~"]/g, (one) => SPECIAL[one] ?? one)
    .replace(/[^ -~]/gu, (one) => `\\[u${hex(one)}]`);
}

/** Escaped, and in bold: what is written as it stands. */
export function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

/** Escaped, and in italics: what stands for something else. */
export function italic(text: string): string {
  return `\\fI${escaped(text)}\\fR`;
}

/** A line of text from escaped parts, which troff takes for no request whatever it begins with. */
export function textLine(...parts: readonly string[]): string {
  return parts.join('').replace(/^[.']/, '\\&$&');
}

/** A request or macro; each of `args` is plain text and reaches it as one argument. */
export function macro(name: string, ...args: readonly string[]): string {
  return [`.${name}`, ...args.map(argument)].join(' ');
}

function argument(text: string): string {
  return /^[^ ]+$/.test(text) ? escaped(text) : `"${escaped(text)}"`;
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
