import { describe, expect, it } from 'vitest';
import { SessionState } from '../../../src/protocol/session-state.ts';
import { CommandTap, type CommandTapPort } from '../../../src/session/command-tap.ts';
import { answer } from '../../support/session-state-steps.ts';

/** A tap whose server answers the first command when it is told to. */
function start(): { tap: CommandTap; state: SessionState; sent: () => string; waits: string[] } {
  const state = new SessionState();
  const waits: string[] = [];
  let sent = '';
  const port: CommandTapPort = {
    toServer: (octets) => (sent += octets.toString('latin1')),
    secretToServer: () => {},
    awaitContinuation: (awaited, command) => waits.push(`${awaited} ${command.tag}`),
    confirmSelect: () => {},
    logOut: (tag) => waits.push(`log out ${tag}`),
    refuse: () => {},
  };
  return { tap: new CommandTap(state, port), state, sent: () => sent, waits };
}

function complete(state: SessionState, tap: CommandTap, line: string): void {
  const [command] = answer(state, line);
  if (command === undefined) throw new Error('no such command');
  tap.completed(command);
}

describe('CommandTap and a command that was answered before all of it was sent', () => {
  it('waits for no continuation request to a later literal of it, and goes on with commands', () => {
    const { tap, state, sent, waits } = start();
    tap.feed(Buffer.from('x1 APPEND nowhere {5+}\r\nabcde'));
    complete(state, tap, 'x1 NO [TRYCREATE] No such mailbox');

    const rest = Buffer.from(' {3}\r\nx2 NOOP\r\nx3 LOGOUT\r\n');
    expect(tap.feed(rest)).toBe(rest.length);

    expect(waits).toEqual(['log out x3']);
    expect(sent()).toBe('x1 APPEND nowhere {5+}\r\nabcde {3}\r\nx2 NOOP\r\n');
  });

  it('leaves the connection to nobody else', () => {
    const { tap, state } = start();
    tap.feed(Buffer.from('x1 APPEND nowhere {5+}\r\nabcde'));
    complete(state, tap, 'x1 NO [TRYCREATE] No such mailbox');
    tap.feed(Buffer.from(' {3}\r\n'));

    expect(state.obstacle).toBe('framing in doubt');
  });
});
