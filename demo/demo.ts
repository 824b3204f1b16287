import { EventEmitter, once } from 'node:events';
import { compareBothWays, type LoginEvents } from './comparison.ts';
import { startDovecot } from './dovecot.ts';
import { type MailServer, startEmbeddedServer } from './mail-server.ts';
import type { Options } from './options.ts';
import { PEOPLE, WARM_UP } from './people.ts';
import { ProxyProcess } from './proxy-process.ts';
import { heading, say } from './screen.ts';
import { sayHowToTry } from './try-it.ts';

/**
 * Runs the whole demo and prints what it does. Returns after the table (`once`) or when `stop` is aborted
 * while it stays up; everything it started has ended by then.
 *
 * @throws Error when anything fails, or when `stop` is aborted before the table is there.
 */
export async function runDemo(options: Options, stop: AbortSignal): Promise<void> {
  await using started = new AsyncDisposableStack();
  const logins: LoginEvents = new EventEmitter();
  introduce();
  const server = await startServer(options, logins);
  started.defer(() => server.stop());
  const proxy = await startProxy(server, stop);
  started.defer(() => proxy.stop());

  const failed = Promise.race([server.died, proxy.died]);
  await Promise.race([compareBothWays(server, proxy, logins), failed, whenAborted(stop)]);
  if (options.once) return;
  sayHowToTry(server, proxy);
  logins.on('login', (name) =>
    say(`${new Date().toTimeString().slice(0, 8)}  the mail server checked a password: ${name}`),
  );
  await Promise.race([once(stop, 'abort'), failed]);
  heading('Stopping');
  say('The proxy ends first, then the mail server.');
}

function introduce(): void {
  heading('imapproxyd demo');
  say('A webmail keeps no connection: for every page it shows, it logs in to the mail server anew.');
  say('The proxy keeps the connection instead. Here is the same webmail without and with it.');
}

async function startServer({ dovecot }: Options, logins: LoginEvents): Promise<MailServer> {
  heading('1. The mail server');
  const people = [...PEOPLE, WARM_UP];
  const server = dovecot
    ? await startDovecot(people)
    : await startEmbeddedServer(people, (name) => logins.emit('login', name));
  say(`127.0.0.1:${server.port} is ${server.description}.`);
  say(`It checks passwords with ${server.passwordCheck}.`);
  return server;
}

async function startProxy(server: MailServer, stop: AbortSignal): Promise<ProxyProcess> {
  heading('2. The proxy');
  const proxy = await ProxyProcess.start(server.port, stop);
  say(`127.0.0.1:${proxy.port} is imapproxyd, process ${proxy.pid}.`);
  say(`It runs with ${proxy.configFile}.`);
  return proxy;
}

/** Rejects once `signal` is aborted. */
async function whenAborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}
