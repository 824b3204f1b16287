import type { NamedTranscript } from './stage.ts';

/** How much of what went before is shown. */
const CONTEXT = 3;
/** How much of one response is shown, in octets. */
const SHOWN_OCTETS = 400;

/** Where two transcripts part, as text for people; undefined when they are equal. */
export function firstDifference(direct: NamedTranscript, proxied: NamedTranscript): string | undefined {
  for (const [index, connection] of direct.connections.entries()) {
    const theirs = connection.responses;
    const ours = proxied.connections[index]?.responses ?? [];
    const at = firstUnequal(theirs, ours);
    if (at === undefined) continue;
    return [
      `Connection ${index + 1} (${connection.name}), response ${at + 1}`,
      ...theirs.slice(Math.max(0, at - CONTEXT), at).map((response) => show('both', response)),
      ...theirs.slice(at, at + CONTEXT).map((response) => show('server', response)),
      ...ours.slice(at, at + CONTEXT).map((response) => show('proxy', response)),
    ].join('\n');
  }
  return undefined;
}

function firstUnequal(left: readonly string[], right: readonly string[]): number | undefined {
  const length = Math.max(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    if (left[at] !== right[at]) return at;
  }
  return undefined;
}

function show(side: string, response: string): string {
  const text = response.slice(0, SHOWN_OCTETS).trimEnd();
  const cut = response.length > SHOWN_OCTETS ? `... (${response.length} octets)` : '';
  return `  ${side.padEnd(6)} | ${text.replaceAll('\r\n', '\r\n         | ')}${cut}`;
}
