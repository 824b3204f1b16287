import { describe, expect, it } from 'vitest';
import { Terminal } from '../../../src/cli/terminal.ts';

const ESC = '\u001b[';

/** A terminal that notes what is done to it. */
function fakeTerminal(shape: { columns?: number; rows?: number; isTTY?: boolean; colors?: boolean } = {}) {
  const { columns = 80, rows = 2, isTTY = true, colors = false } = shape;
  const done: string[] = [];
  const note = (what: string): true => {
    done.push(what);
    return true;
  };
  const input = {
    isTTY,
    setRawMode: (isRaw: boolean) => note(`raw ${isRaw}`),
    resume: () => note('resume'),
    pause: () => note('pause'),
  };
  const output = { columns, rows, write: note, hasColors: () => colors };
  return { terminal: new Terminal(input, output), done };
}

describe('Terminal', () => {
  it('takes the screen and the keys, and gives both back in the reverse order', () => {
    const { terminal, done } = fakeTerminal();
    terminal.take();
    terminal.giveBack();
    expect(done).toEqual([
      `${ESC}?1049h${ESC}?25l`,
      'raw true',
      'resume',
      'pause',
      'raw false',
      `${ESC}?25h${ESC}?1049l`,
    ]);
  });

  it('leaves an input alone that is no terminal', () => {
    const { terminal, done } = fakeTerminal({ isTTY: false });
    terminal.take();
    terminal.giveBack();
    expect(done.filter((what) => what.startsWith('raw'))).toEqual([]);
  });

  it('draws all rows in one write, each on an erased line', () => {
    const { terminal, done } = fakeTerminal({ rows: 3 });
    terminal.draw([
      { text: 'one', tone: 'heading' },
      { text: 'two', tone: 'plain' },
    ]);
    expect(done).toEqual([
      `${ESC}?2026h${ESC}1;1H${ESC}2Kone${ESC}2;1H${ESC}2Ktwo${ESC}3;1H${ESC}2K${ESC}?2026l`,
    ]);
  });

  it('shows tones where there are colours', () => {
    const { terminal, done } = fakeTerminal({ colors: true });
    terminal.draw([
      { text: 'one', tone: 'heading' },
      { text: 'two', tone: 'warning' },
    ]);
    expect(done.join('')).toContain(`${ESC}1mone${ESC}22m`);
    expect(done.join('')).toContain(`${ESC}33mtwo${ESC}39m`);
  });

  it('takes a terminal without a size for a classic one', () => {
    expect(fakeTerminal({ columns: 0, rows: 0 }).terminal.size).toEqual({ columns: 80, rows: 24 });
    expect(fakeTerminal({ columns: 132, rows: 43 }).terminal.size).toEqual({ columns: 132, rows: 43 });
  });
});
