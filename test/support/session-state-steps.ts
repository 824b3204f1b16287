import { type CommandHead, parseCommandHead } from '../../src/protocol/command-line.ts';
import { parseResponse } from '../../src/protocol/response-line.ts';
import type { EnableAnswer, PendingCommand, SessionState } from '../../src/protocol/session-state.ts';

/** The head of a command line that must have one, and the octets that it points into. */
export function headOf(text: string): { readonly head: CommandHead; readonly source: Buffer } {
  const source = Buffer.from(text, 'latin1');
  const head = parseCommandHead(source, 0, source.length);
  if (head === undefined) throw new Error(`${JSON.stringify(text)} is no command line`);
  return { head, source };
}

/** The client sends command lines, without literals. */
export function begin(state: SessionState, ...commands: readonly string[]): readonly PendingCommand[] {
  return commands.map((command) => {
    const { head, source } = headOf(command);
    return state.begin(head, source);
  });
}

/** The server sends tagged responses such as `a OK`; returns the commands that they complete. */
export function answer(
  state: SessionState,
  ...responses: readonly string[]
): readonly (PendingCommand | undefined)[] {
  return responses.map((text) => {
    const source = Buffer.from(text, 'latin1');
    const response = parseResponse(source);
    if (response.kind !== 'status' || response.tag === undefined) {
      throw new Error(`${JSON.stringify(text)} is no tagged response`);
    }
    return state.complete(source, 0, response.tag.length, response.status);
  });
}

/** The client sends an ENABLE that the connection may have done before the session. */
export function takeInherited(state: SessionState, command: string): EnableAnswer | undefined {
  const { head, source } = headOf(command);
  return state.takeInherited(head, source);
}
