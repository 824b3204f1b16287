import { assertNever } from '../../../../src/base/assert-never.ts';
import { Connection } from './connection.ts';
import type { Response } from './response-reader.ts';
import { type Action, type Cast, parseScript, type Step } from './script.ts';

/** Where a script is played: at the server, or at a proxy before it. */
export interface Place {
  readonly port: number;
  /** Resolves when nothing is under way any more for sessions that have ended; `open` sessions have not. */
  settled(open: number): Promise<unknown>;
}

/** What came on each connection, by the order in which they were opened. */
export interface Transcript {
  readonly connections: readonly { readonly name: string; readonly responses: readonly Response[] }[];
  /** How many writes were made, logins included. */
  readonly sends: number;
}

export interface PlayOptions {
  /** How long a single wait may take, in ms. Default 5000. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 5_000;

/** Plays `script` as `cast`, step by step: what is sent is answered before the next is done. */
export async function play(
  script: string,
  place: Place,
  cast: Cast,
  { deadlineMs = DEADLINE_MS }: PlayOptions = {},
): Promise<Transcript> {
  const player = new Player(place, cast, deadlineMs);
  try {
    for (const step of parseScript(script, cast)) await player.take(step);
    await player.logOut();
    player.close();
    await player.settle();
    return player.transcript;
  } finally {
    player.close();
  }
}

class Player {
  readonly #place: Place;
  readonly #cast: Cast;
  readonly #deadlineMs: number;
  /** In order of their opening; a name that was closed may be opened anew. */
  readonly #all: { readonly name: string; readonly connection: Connection }[] = [];
  readonly #open = new Map<string, Connection>();
  readonly #faults: Response[] = [];
  #sends = 0;

  constructor(place: Place, cast: Cast, deadlineMs: number) {
    this.#place = place;
    this.#cast = cast;
    this.#deadlineMs = deadlineMs;
  }

  get transcript(): Transcript {
    const connections = this.#all.map(({ name, connection }) => ({ name, responses: connection.responses }));
    return {
      connections: [...connections, { name: 'settled', responses: this.#faults }],
      sends: this.#sends,
    };
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'send': {
        const connection = this.#open.get(step.name) ?? (await this.#logIn(step.name));
        const isRefused = step.isData && !connection.isInLiteral;
        if (connection.canSend && !isRefused) await this.#send(connection, step.octets);
        return;
      }
      case 'await':
        await this.#open.get(step.name)?.waitFor(step.text);
        return;
      case 'act':
        await this.#act(step.name, step.action);
        return;
      case 'settle':
        await this.settle();
        return;
      default:
        assertNever(step);
    }
  }

  /** Ends in good order what can be ended so. */
  async logOut(): Promise<void> {
    for (const connection of this.#open.values()) {
      if (!connection.isAtBoundary) continue;
      if (connection.canSend) await this.#send(connection, 'end LOGOUT\r\n');
      await connection.waitForEnd();
    }
  }

  /** That a session does not end is a thing to compare, like what is said in it. */
  async settle(): Promise<void> {
    try {
      await this.#place.settled(this.#open.size);
    } catch (error) {
      this.#faults.push([String(error)]);
    }
  }

  close(): void {
    for (const { connection } of this.#all) connection.close();
    this.#open.clear();
  }

  async #act(name: string, action: Action): Promise<void> {
    if (action === 'connect') {
      await this.#connect(name);
      return;
    }
    const connection = this.#open.get(name);
    if (action === 'half-close') {
      connection?.halfClose();
      await connection?.waitForEnd();
    }
    if (action === 'close') connection?.close();
    if (action === 'reset') connection?.reset();
    this.#open.delete(name);
  }

  async #logIn(name: string): Promise<Connection> {
    const connection = await this.#connect(name);
    const { user, password } = this.#cast;
    await this.#send(connection, `login LOGIN ${user} ${password}\r\n`);
    return connection;
  }

  async #connect(name: string): Promise<Connection> {
    const connection = await Connection.open(this.#place.port, this.#deadlineMs);
    this.#open.set(name, connection);
    this.#all.push({ name, connection });
    return connection;
  }

  async #send(connection: Connection, octets: string): Promise<void> {
    this.#sends += 1;
    await connection.send(octets);
  }
}
