import { renderScreen, type ScreenState } from './screen-layout.ts';
import type { Bars } from './sparkline.ts';
import { Terminal } from './terminal.ts';

/** How often the screen is refreshed, in ms: as often as the daemon writes the stat file. */
const REFRESH_MS = 1_000;

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** In raw mode Ctrl-C and Ctrl-Z are keys like all others. */
const QUIT_KEYS = ['q', 'Q', '\u0003'];
const SUSPEND_KEY = '\u001a';

/** Where the screen has its numbers from. */
export interface ScreenSource {
  /** As of the last look; there has been one already. */
  readonly state: ScreenState;
  look(): void;
}

/**
 * Shows `source`, and looks there anew each second, until q, Ctrl-C or a signal to stop; then the terminal
 * is as it was.
 */
export async function showLive(source: ScreenSource, bars: Bars): Promise<void> {
  const { stdin, stdout } = process;
  const terminal = new Terminal(stdin, stdout);
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<void>();
  const draw = (): void => {
    const { columns, rows } = terminal.size;
    terminal.draw(renderScreen(source.state, columns, rows, bars));
  };
  const refresh = (): void => {
    try {
      source.look();
      draw();
    } catch (error) {
      fail(error);
    }
  };
  const onKey = (octets: Buffer): void => {
    const keys = octets.toString('latin1');
    if (QUIT_KEYS.some((key) => keys.includes(key))) end();
    else if (keys.includes(SUSPEND_KEY)) suspend(terminal, draw);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, () => end());
  stdin.on('data', onKey);
  stdout.on('resize', draw);
  terminal.take();
  const timer = setInterval(refresh, REFRESH_MS);
  try {
    draw();
    await ended;
  } finally {
    clearInterval(timer);
    terminal.giveBack();
  }
}

/** Stops this process as Ctrl-Z does in other programs; goes on behind `kill` when it is continued. */
function suspend(terminal: Terminal, draw: () => void): void {
  terminal.giveBack();
  process.kill(process.pid, 'SIGTSTP');
  terminal.take();
  draw();
}
