import { styleText } from 'node:util';
import {
  cursorHide,
  cursorShow,
  cursorTo,
  enterAlternativeScreen,
  eraseLine,
  exitAlternativeScreen,
  synchronizedOutput,
} from 'ansi-escapes';
import { ProxyError } from '../base/errors.ts';
import type { ScreenLine } from './screen-layout.ts';

/** What is needed of standard input. */
export interface TerminalInput {
  readonly isTTY: boolean;
  setRawMode(isRaw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** What is needed of standard output. */
export interface TerminalOutput {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
  hasColors(): boolean;
}

const STYLES = { heading: 'bold', warning: 'yellow' } as const;

/** A screen was asked for, and there is nothing to show it on. */
export class NoTerminalError extends ProxyError {
  readonly code = 'NO_TERMINAL';
  readonly fault = 'operator';

  constructor() {
    super('Cannot show the live screen: expected a terminal (-c and --json write to anything)');
  }
}

/** The full screen of a terminal, taken for a while and given back as it was. */
export class Terminal {
  readonly #input: TerminalInput;
  readonly #output: TerminalOutput;

  constructor(input: TerminalInput, output: TerminalOutput) {
    this.#input = input;
    this.#output = output;
  }

  /** In columns and rows; 80 by 24 where the terminal does not say. */
  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.#output.columns || 80, rows: this.#output.rows || 24 };
  }

  /** Saves what the screen shows and has every key told at once, unseen. */
  take(): void {
    this.#output.write(enterAlternativeScreen + cursorHide);
    if (this.#input.isTTY) this.#input.setRawMode(true);
    this.#input.resume();
  }

  /** Brings back what {@link take} has saved. */
  giveBack(): void {
    this.#input.pause();
    if (this.#input.isTTY) this.#input.setRawMode(false);
    this.#output.write(cursorShow + exitAlternativeScreen);
  }

  /** Shows `lines` from the top and nothing below them, in one write, so that nothing flickers. */
  draw(lines: readonly ScreenLine[]): void {
    const rows = Array.from({ length: this.size.rows }, (_, row) => {
      const line = lines[row];
      return cursorTo(0, row) + eraseLine + (line === undefined ? '' : this.#paint(line));
    });
    this.#output.write(synchronizedOutput(rows.join('')));
  }

  #paint({ text, tone }: ScreenLine): string {
    if (tone === 'plain' || !this.#output.hasColors()) return text;
    return styleText(STYLES[tone], text, { validateStream: false });
  }
}
