/**
 * How a transcript writes octets that do not print. Everything stands for itself, except `<` and what follows it up
 * to `>`:
 *
 * | Written | Octets |
 * | --- | --- |
 * | `<lt>` | `<` |
 * | `<CR>` `<LF>` `<NUL>` | the control character |
 * | `<xE4>` | one octet |
 * | `<300*TEXT>` | TEXT, in which all of the above may stand, repeated |
 * | `<base64:TEXT>` | TEXT, likewise, in base64 |
 * | `<end>` | at the end of a line: no CRLF follows |
 */

const NAMED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['CR', '\r'],
  ['LF', '\n'],
  ['NUL', '\0'],
]);
const END = '<end>';
const ESCAPE = /<(base64:|\d+\*)?((?:[^<>]|<[^<>]*>)*)>/g;
/** A shorter run is easier to read as it is. */
const LONG_RUN = /([!-;=?-~])\1{59,}/g;

/** The octets (as latin1) of one written line, its CRLF included. @throws Error for an escape that is none */
export function toWire(text: string): string {
  return text.endsWith(END) ? expand(text.slice(0, -END.length)) : `${expand(text)}\r\n`;
}

/** One line that came (latin1, without its CRLF) as a transcript writes it. */
export function toText(line: string): string {
  return line
    .replaceAll('<', '<lt>')
    .replaceAll(/[^ -~]| $/g, hex)
    .replaceAll(LONG_RUN, (run, character: string) => `<${run.length}*${character}>`);
}

function expand(text: string): string {
  return text.replaceAll(ESCAPE, (_, how: string | undefined, inner: string) => {
    if (how === undefined) return octetOf(inner);
    const octets = expand(inner);
    return how === 'base64:'
      ? Buffer.from(octets, 'latin1').toString('base64')
      : octets.repeat(Number.parseInt(how, 10));
  });
}

function octetOf(name: string): string {
  const octet = NAMED.get(name) ?? /^x([0-9A-F]{2})$/.exec(name)?.[1];
  if (octet === undefined) throw new Error(`Cannot read <${name}>: expected an escape`);
  return octet.length === 1 ? octet : String.fromCharCode(Number.parseInt(octet, 16));
}

function hex(character: string): string {
  return `<x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}>`;
}
