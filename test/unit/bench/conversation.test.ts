import { describe, expect, it } from 'vitest';
import { conversationOf, isLogin } from '../../../bench/load/conversation.ts';

/** NUL user NUL password, in base64 (RFC 4616). */
const PLAIN = 'AGFubmEAYW5uYS1zZWNyZXQ=';

describe('conversationOf', () => {
  it('logs in with the LOGIN command as the user of that name', () => {
    expect(conversationOf('page view', 'anna')[1]).toEqual({ send: 'LOGIN anna anna-secret' });
  });

  it('sends credentials with AUTHENTICATE where the client would', () => {
    expect(conversationOf('Roundcube list', 'anna')[0]).toEqual({
      send: `AUTHENTICATE PLAIN ${PLAIN}`,
      withoutPlain: 'LOGIN anna anna-secret',
    });
  });

  it('sends them behind the continuation request where the client would', () => {
    expect(conversationOf('ImapFlow fetch', 'anna').find(isLogin)).toEqual({
      send: 'AUTHENTICATE PLAIN',
      more: `${PLAIN}\r\n`,
      withoutPlain: 'LOGIN anna anna-secret',
    });
  });
});
