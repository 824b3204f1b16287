import type { MailServer } from './mail-server.ts';
import { PEOPLE } from './people.ts';
import type { ProxyProcess } from './proxy-process.ts';
import { heading, say, typed } from './screen.ts';

/** Prints what a person can type into another terminal. */
export function sayHowToTry(server: MailServer, proxy: ProxyProcess): void {
  const [person] = PEOPLE;
  if (person === undefined) throw new Error('Cannot say how to try it: the demo has no users');
  const { name, password } = person;
  const curl = (port: number) =>
    typed(`curl -s -u ${name}:${password} "imap://127.0.0.1:${port}/INBOX;UID=1"`);
  heading('5. Your turn');
  say('Everything stays up. In another terminal, read a mail through the proxy, or directly:');
  say(`  ${curl(proxy.port)}`);
  say(`  ${curl(server.port)}`);
  say('Or talk to the proxy yourself:');
  say(`  ${typed(`telnet 127.0.0.1 ${proxy.port}`)}`);
  for (const line of [`a LOGIN ${name} ${password}`, 'b SELECT INBOX', 'c FETCH 1 ENVELOPE', 'd LOGOUT']) {
    say(`  ${typed(line)}`);
  }
  if (server.tellsLogins) say('Each password check of the mail server is told here from now on.');
  say('Ctrl-C stops the proxy and the mail server.\n');
}
