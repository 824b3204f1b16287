import { describe, expect, it } from 'vitest';
import { isInterimGreeting, readGreeting } from '../../../src/protocol/greeting.ts';
import { parseResponse } from '../../../src/protocol/response-line.ts';

const parse = (text: string) => parseResponse(Buffer.from(text, 'latin1'));
const INTERIM = '* OK Waiting for authentication process to respond..\r\n';

describe('readGreeting', () => {
  it.each([
    ['* OK ready\r\n', { kind: 'ok', capabilities: undefined, text: 'ready' }],
    ['* OK\r\n', { kind: 'ok', capabilities: undefined, text: '' }],
    ['* ok [capability A B] ready\r\n', { kind: 'ok', capabilities: ['A', 'B'], text: 'ready' }],
    ['* OK [ALERT] soon down\r\n', { kind: 'ok', capabilities: undefined, text: 'soon down' }],
    ['* PREAUTH [CAPABILITY A] root\r\n', { kind: 'preauth' }],
    ['* BYE [UNAVAILABLE] full\r\n', { kind: 'bye', text: 'full' }],
  ])('reads %j', (text, greeting) => {
    expect(readGreeting(parse(text))).toEqual(greeting);
  });

  it.each([
    'a1 OK ready\r\n',
    '* NO\r\n',
    '* BAD x\r\n',
    '* CAPABILITY A\r\n',
    '+ OK\r\n',
    'SSH-2.0-x\r\n',
    '\r\n',
  ])('calls %j malformed', (text) => {
    expect(readGreeting(parse(text))).toEqual({ kind: 'malformed' });
  });
});

describe('isInterimGreeting', () => {
  it('tells the line with which Dovecot asks for patience', () => {
    expect(isInterimGreeting(parse(INTERIM))).toBe(true);
  });

  it.each([
    '* OK ready\r\n',
    '* OK [CAPABILITY A] Waiting for authentication process\r\n',
    INTERIM.replace('OK', 'BYE'),
  ])('takes %j for a greeting', (text) => {
    expect(isInterimGreeting(parse(text))).toBe(false);
  });
});
