/** A line of the log as text for people, where something else adds time and process: syslog, a terminal at the start. */
import { classicLine } from './classic-line.ts';

export interface TextLine {
  /** As in syslog(3): 3 for an error, 4 for a warning, 6 for what is worth knowing, 7 for the rest. */
  readonly priority: number;
  /** The message, in the classic daemon's words where it had any, and the other fields: `listening port=143`. One line, no controls. */
  readonly text: string;
}

const PRIORITIES: Readonly<Record<string, number>> = { fatal: 2, error: 3, warn: 4, info: 6 };
const DEBUG = 7;

/** Longest text, in characters. rsyslogd's own limit is 8 KiB; a datagram that is too long would be lost whole. */
const MAX_LENGTH = 8_000;

/** A value that needs no quotes: printable ASCII but for the blank, `"`, `=` and the backslash. */
const PLAIN = /^[\x21\x23-\x3c\x3e-\x5b\x5d-\x7e]+$/;

/** What JSON leaves as it is although it moves a terminal's cursor, ends a line or turns the direction of reading. */
const UNSAFE = /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Makes text of a line that pino has written.
 *
 * @throws SyntaxError when `json` is none.
 */
export function toTextLine(json: string): TextLine {
  const { level, msg = '', time: _time, pid: _pid, ...rest }: Record<string, unknown> = JSON.parse(json);
  const message = String(msg);
  const { text: head, fields } = classicLine(message, rest, escapeControls) ?? {
    text: escapeControls(message),
    fields: rest,
  };
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${show(value)}`);
  const text = head + pairs.join('');
  return {
    priority: PRIORITIES[String(level)] ?? DEBUG,
    text: text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}...` : text,
  };
}

function show(value: unknown): string {
  return typeof value === 'string' && PLAIN.test(value) ? value : escapeRest(JSON.stringify(value));
}

function escapeControls(text: string): string {
  return escapeRest(JSON.stringify(text).slice(1, -1)).replaceAll('\\"', '"');
}

function escapeRest(json: string): string {
  return json.replace(UNSAFE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
