import { connect, type Socket } from 'node:net';
import { ResponseReader } from './response-reader.ts';
import {
  type Account,
  type CommandScript,
  type Condition,
  type ConnectionScript,
  tagOf,
  wireOf,
} from './script.ts';

/** Where a client stops in what it sends. */
export interface ClientCut {
  /** Octets that it still sends. */
  readonly afterOctets: number;
  /** Behind the last octet of a write: whether it stops only when it would send more, the answer read. */
  readonly isPatient?: boolean;
  /** FIN: it has sent its last and reads on; RST: it is gone. */
  readonly how: 'FIN' | 'RST';
}

export interface PlayOptions {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly account: Account;
  readonly cut?: ClientCut | undefined;
  /** For the whole connection. Default 10000. */
  readonly deadlineMs?: number;
  /** Called when a command has been answered. */
  readonly onAnswered?: (exchange: Exchange) => void;
}

/** A command and everything that came until its tagged response, that included; latin1. */
export interface Exchange {
  readonly tag: string;
  /** In upper case; of `UID` commands both words. */
  readonly name: string;
  /** What was sent, continuations included. */
  readonly sent: string;
  readonly received: string;
}

/** One connection, played. Texts are latin1. */
export interface Played {
  readonly exchanges: readonly Exchange[];
  readonly sentOctets: number;
  /** How many octets had been sent at the end of each write. */
  readonly writeEnds: readonly number[];
  readonly received: string;
  /** `left`: as the script ends; `hung`: the deadline has passed. */
  readonly ending: 'left' | 'cut' | 'ended by server' | 'refused' | 'hung';
}

const DEADLINE_MS = 10_000;
const LOGINS: ReadonlySet<string> = new Set(['LOGIN', 'AUTHENTICATE']);

/** Plays one connection of a client: sends what the script says when the client would, as the client would. */
export function play(script: ConnectionScript, options: PlayOptions): Promise<Played> {
  return new Play(script, options).done;
}

class Play {
  readonly done: Promise<Played>;
  readonly #script: ConnectionScript;
  readonly #options: PlayOptions;
  readonly #socket: Socket;
  readonly #reader = new ResponseReader((response) => this.#take(response));
  readonly #exchanges: Exchange[] = [];
  readonly #deadline: NodeJS.Timeout;
  readonly #resolve: (played: Played) => void;
  #capabilities: ReadonlySet<string> = new Set();
  #isTold = true;
  #isGreeted = false;
  #next = 0;
  #tags = 0;
  #running:
    | { tag: string; name: string; continuations: readonly string[]; sent: string; received: string }
    | undefined;
  #sentOctets = 0;
  readonly #writeEnds: number[] = [];
  readonly #received: Buffer[] = [];
  #ending: Played['ending'] | undefined;

  constructor(script: ConnectionScript, options: PlayOptions) {
    this.#script = script;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<Played>();
    this.done = promise;
    this.#resolve = resolve;
    this.#socket = connect({ host: '127.0.0.1', port: options.port, allowHalfOpen: true, noDelay: true });
    this.#socket.on('data', (octets: Buffer) => {
      this.#received.push(octets);
      this.#reader.push(octets);
    });
    this.#socket.on('end', () => this.#leave('ended by server'));
    // Whatever has become of the connection, 'close' follows.
    this.#socket.on('error', () => this.#leave('ended by server'));
    this.#socket.on('close', () => this.#finish());
    this.#deadline = setTimeout(() => this.#hang(), options.deadlineMs ?? DEADLINE_MS);
    if (script.commands[0]?.isEarly === true) this.#proceed();
  }

  #take(response: string): void {
    const isLogin = LOGINS.has(this.#running?.name ?? '');
    this.#learn(response);
    if (!this.#isGreeted) {
      this.#isGreeted = true;
      if (this.#running === undefined) this.#proceed();
      return;
    }
    const running = this.#running;
    if (running === undefined) return;
    running.received += response;
    if (response.startsWith('+')) this.#continue();
    else if (response.startsWith(`${running.tag} `)) {
      if (isLogin && !running.received.includes('CAPABILITY ')) this.#isTold = false;
      this.#complete(isLogin && !response.startsWith(`${running.tag} OK`));
    }
  }

  #learn(response: string): void {
    const [, line, code] = /^\* CAPABILITY (.*)\r\n|\[CAPABILITY (.*?)\]/i.exec(response) ?? [];
    const words = (line ?? code)?.toUpperCase().split(' ');
    if (words === undefined) return;
    // After the login a server does not name them any more; what a client did then stays done.
    const mechanisms = [...this.#capabilities].filter((word) => word.startsWith('AUTH='));
    this.#capabilities = new Set([...words, ...mechanisms]);
    this.#isTold = true;
  }

  #continue(): void {
    const [text, ...others] = this.#running?.continuations ?? [];
    if (this.#running === undefined || text === undefined) return;
    this.#running.continuations = others;
    this.#send(wireOf(text, this.#options.account));
  }

  #complete(isRefused: boolean): void {
    const { tag = '', name = '', sent = '', received = '' } = this.#running ?? {};
    const exchange = { tag, name, sent, received };
    this.#running = undefined;
    this.#exchanges.push(exchange);
    this.#options.onAnswered?.(exchange);
    if (isRefused) this.#leave('refused');
    else this.#proceed();
  }

  #proceed(): void {
    const command = this.#nextCommand();
    if (command === undefined) {
      if (this.#script.closes) this.#leave('left');
      return;
    }
    const { text, continuations } = command;
    const tag = tagOf(this.#script.tags, this.#tags);
    this.#tags += 1;
    const name = (/^(?:UID )?\S+/i.exec(text)?.[0] ?? '').toUpperCase();
    this.#running = { tag, name, continuations, sent: '', received: '' };
    this.#send(`${tag} ${wireOf(text, this.#options.account)}`);
  }

  #nextCommand(): CommandScript | undefined {
    for (;;) {
      const command = this.#script.commands[this.#next];
      this.#next += 1;
      if (command === undefined || this.#holds(command.condition)) return command;
    }
  }

  #holds(condition: Condition | undefined): boolean {
    if (condition === undefined) return true;
    if (condition === 'untold') return !this.#isTold;
    return this.#capabilities.has(condition.capability) === condition.isOffered;
  }

  #send(text: string): void {
    if (this.#ending !== undefined) return;
    if (this.#running !== undefined) this.#running.sent += text;
    const octets = Buffer.from(text, 'latin1');
    const { afterOctets = Infinity, isPatient = false, how = 'FIN' } = this.#options.cut ?? {};
    const left = afterOctets - this.#sentOctets;
    const sent = octets.subarray(0, left);
    this.#sentOctets += sent.length;
    this.#writeEnds.push(this.#sentOctets);
    if (sent.length > 0) this.#socket.write(sent);
    if (left < octets.length || (left === octets.length && !isPatient)) this.#cut(how);
  }

  #cut(how: ClientCut['how']): void {
    this.#ending = 'cut';
    if (how === 'FIN') this.#socket.end();
    else this.#socket.resetAndDestroy();
  }

  #hang(): void {
    this.#ending = 'hung';
    this.#socket.destroy();
  }

  /** The first reason counts. */
  #leave(ending: Played['ending']): void {
    this.#ending ??= ending === 'ended by server' && this.#isOver ? 'left' : ending;
    this.#socket.destroy();
  }

  get #isOver(): boolean {
    return this.#running === undefined && this.#next > this.#script.commands.length;
  }

  #finish(): void {
    clearTimeout(this.#deadline);
    this.#resolve({
      exchanges: this.#exchanges,
      sentOctets: this.#sentOctets,
      writeEnds: this.#writeEnds,
      received: Buffer.concat(this.#received).toString('latin1'),
      ending: this.#ending ?? 'ended by server',
    });
  }
}
