/** A server before login: who may come in, and what they are told. */
import { LineReader } from '../imap/line-reader.ts';
import type { Login } from './accounts.ts';
import type { World } from './world.ts';

export interface ServerLoginPort {
  write(text: string, isWhole?: boolean): void;
  /** Nothing will be said any more. */
  deafen(): void;
  logOut(tag: string): void;
  /** The login is granted; to be answered under `tag`. */
  granted(tag: string, login: Login): void;
}

export class ServerLogin {
  readonly #world: World;
  readonly #port: ServerLoginPort;
  readonly #reader = new LineReader();
  /** The session that it is for, where the proxy has passed on what its client told about itself; else 0. */
  session = 0;

  constructor(world: World, port: ServerLoginPort) {
    this.#world = world;
    this.#port = port;
    port.write('* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ ID ENABLE AUTH=PLAIN] Simulated\r\n');
  }

  feed(text: string): void {
    this.#reader.push(text);
    for (let line = this.#reader.line(); line !== undefined; line = this.#reader.line()) this.#hear(line);
  }

  #hear(line: string): void {
    const [, tag = '', name = '', args = ''] = /^(\S+) (\S+) ?(.*)$/.exec(line) ?? [];
    switch (name) {
      case 'ID':
        this.session = Number(/"session" "(\d+)"/.exec(args)?.[1] ?? 0);
        this.#port.write(`* ID ("name" "Simulated")\r\n${tag} OK ID completed\r\n`);
        return;
      case 'AUTHENTICATE':
        this.#authenticate(tag, args.split(' ')[1] ?? '');
        return;
      case 'LOGOUT':
        this.#port.logOut(tag);
        return;
      default:
        this.#world.judge.fail(`The proxy said before login: ${line}`);
    }
  }

  #authenticate(tag: string, response: string): void {
    const { random, accounts, character } = this.#world;
    const { deafAtLogin, refusedLogin } = character.misbehaviour;
    const parts = Buffer.from(response, 'base64').toString('latin1').split('\0');
    const [authorization = '', name = '', password = ''] = parts;
    const account = accounts.find(name);
    if (random.chance(deafAtLogin)) {
      this.#port.deafen();
    } else if (random.chance(refusedLogin)) {
      this.#port.write(`${tag} NO [UNAVAILABLE] Not now\r\n`);
    } else if (account?.password(account.version) !== password) {
      this.#port.write(`${tag} NO [AUTHENTICATIONFAILED] Wrong\r\n`);
    } else {
      const identity = authorization === '' ? name : authorization;
      this.#port.granted(tag, { account, version: account.version, identity });
    }
  }
}
