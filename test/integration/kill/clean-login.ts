import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ResponseReader } from '../../conversations/response-reader.ts';
import type { Account } from '../../conversations/script.ts';

const DEADLINE_MS = 10_000;
const HUNG = '(and then nothing)';

/**
 * Logs in, selects the INBOX, asks for news and leaves. Returns every octet that came (latin1), up to the end of the
 * connection: the same ones, each time, unless somebody else has left something behind.
 */
export async function cleanLogin(port: number, { user, password }: Account): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const deadline = setTimeout(() => socket.destroy(), DEADLINE_MS);
  const received: string[] = [];
  let isEnded = false;
  converse(socket, `n1 LOGIN ${user} ${password}\r\n`, (response) => received.push(response));
  socket.on('end', () => {
    isEnded = true;
  });
  // What is missing then tells it.
  socket.on('error', () => socket.destroy());
  await once(socket, 'close');
  clearTimeout(deadline);
  return isEnded ? received.join('') : `${received.join('')}${HUNG}`;
}

/** The rest goes out in one write, so that whatever is left over in between shows up among the answers. */
function converse(socket: Socket, login: string, onResponse: (response: string) => void): void {
  let isGreeted = false;
  const reader = new ResponseReader((response) => {
    onResponse(response);
    if (!isGreeted) socket.write(login);
    else if (response.startsWith('n1 OK')) socket.write('n2 SELECT INBOX\r\nn3 NOOP\r\nn4 LOGOUT\r\n');
    else if (response.startsWith('n1 ')) socket.end();
    isGreeted = true;
  });
  socket.on('data', (octets: Buffer) => reader.push(octets));
}
