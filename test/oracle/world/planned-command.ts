import type { Random } from '../random.ts';

/** A piece of what a client sends. */
export interface Piece {
  readonly text: string;
  /** Sent only when the server has asked for it, by a legal client. */
  readonly needsContinuation: boolean;
  /** Whether an impatient client does no harm: what is not asked for would not be taken for commands. */
  readonly mayRush?: boolean;
  /** The command that it is a part of. */
  readonly tag: string;
  /** The server must not see it. */
  readonly isForProxy?: boolean;
}

/** Something that a client says, as the judge will know it. */
export interface PlannedCommand {
  readonly pieces: readonly Piece[];
  /** What has to arrive at the server if anything does, by tag. */
  readonly arrivals: readonly (readonly [tag: string, text: string])[];
}

/** A piece that waits for nothing. */
export function piece(text: string, tag: string): Piece {
  return { text, needsContinuation: false, tag };
}

/** Commands of one line each, one behind the other. */
export function lines(...commands: readonly (readonly [tag: string, text: string])[]): PlannedCommand {
  const arrivals = commands.map(([tag, text]): [string, string] => [tag, `${tag} ${text}`]);
  return { pieces: arrivals.map(([tag, line]) => piece(`${line}\r\n`, tag)), arrivals };
}

/** A command that takes one more line, `data`, once it has been asked for. */
export function withData(tag: string, text: string, data: string): PlannedCommand {
  const command = lines([tag, text]);
  const answer: Piece = { text: `${data}\r\n`, needsContinuation: true, mayRush: true, tag };
  return { ...command, pieces: [...command.pieces, answer] };
}

/** A command with literals: `parts` are text and literal in turn. All of them are synchronizing, or none. */
export function withLiterals(tag: string, parts: readonly string[], random: Random): PlannedCommand {
  const isSynchronizing = random.chance(0.5);
  const mayRush = !parts.some((part) => part.includes('no-'));
  const pieces: Piece[] = [];
  let line = `${tag} `;
  let text = '';
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 0) {
      line += part;
      continue;
    }
    line += `{${part.length}${isSynchronizing ? '' : '+'}}\r\n`;
    pieces.push({ text: line, needsContinuation: isSynchronizing && pieces.length > 0, mayRush, tag });
    text += line;
    line = part;
  }
  pieces.push({ text: `${line}\r\n`, needsContinuation: isSynchronizing, mayRush, tag });
  return { pieces, arrivals: [[tag, text + line]] };
}
