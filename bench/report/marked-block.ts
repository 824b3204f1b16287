const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/** `page` with `text` between its two marks; undefined when it has none. */
export function replaceMarkedBlock(page: string, text: string): string | undefined {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) return undefined;
  return `${page.slice(0, begin + BEGIN.length)}\n${text}\n${page.slice(end)}`;
}
