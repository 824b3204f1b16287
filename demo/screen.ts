import { styleText } from 'node:util';

/** A chapter of the demo. */
export function heading(text: string): void {
  console.log(`\n${styleText('bold', text)}`);
}

/** One short sentence under a heading. */
export function say(text: string): void {
  console.log(`  ${text}`.trimEnd());
}

/** Draws one more mark in the current line, without ending it. */
export function mark(text: string): void {
  process.stdout.write(text);
}

/** What the eye should find first. */
export function strong(text: string): string {
  return styleText(['bold', 'green'], text);
}

/** What a person may type. */
export function typed(text: string): string {
  return styleText('cyan', text);
}

/** What went wrong, on stderr. */
export function complain(text: string): void {
  console.error(`\n${styleText('red', text, { stream: process.stderr })}`);
}
