import { type Question, questionOf } from '../../src/protocol/answer-memory.ts';
import { type CommandHead, parseCommandHead } from '../../src/protocol/command-line.ts';
import { parseResponse } from '../../src/protocol/response-line.ts';
import type { PendingCommand, SessionState } from '../../src/protocol/session-state.ts';

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

/** What a command line asks that must ask something whose answer can be remembered. */
export function questionIn(text: string): Question {
  const { head, source } = headOf(text);
  const question = questionOf(head, source);
  if (question === undefined) throw new Error(`${JSON.stringify(text)} asks nothing`);
  return question;
}
