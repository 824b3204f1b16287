import type { Socket } from 'node:net';
import { LimitExceededError } from '../../src/base/errors.ts';
import type { Account, Accounts } from './accounts.ts';
import { Arguments } from './arguments.ts';
import { GREETING_CAPABILITIES } from './capabilities.ts';
import { CommandError } from './command-error.ts';
import { CommandReader } from './command-reader.ts';
import { COMMANDS, KEEPS_NUMBERS } from './command-table.ts';
import type { Conversation } from './conversation.ts';
import type { SelectedMailbox } from './selected-mailbox.ts';

/** One connection of a client, from greeting to BYE. Commands run one after the other. */
export class Session implements Conversation {
  readonly accounts: Accounts;
  readonly #socket: Socket;
  readonly #reader: CommandReader;
  #account: Account | undefined;
  #selected: SelectedMailbox | undefined;
  #answer: string[] = [];
  #isEnding = false;

  constructor(socket: Socket, accounts: Accounts) {
    this.accounts = accounts;
    this.#socket = socket;
    this.#reader = new CommandReader(socket, () => this.#sendContinuation('Go on'));
  }

  get account(): Account | undefined {
    return this.#account;
  }

  get selected(): SelectedMailbox | undefined {
    return this.#selected;
  }

  /** Serves the client until it has gone; rejects when the connection breaks. */
  async run(): Promise<void> {
    this.untagged(`OK [CAPABILITY ${GREETING_CAPABILITIES}] imapproxyd demo server`);
    await this.#send();
    try {
      while (!this.#isEnding) {
        const command = await this.#reader.next();
        if (command === undefined) break;
        await this.#execute(command);
      }
    } catch (error) {
      if (!(error instanceof LimitExceededError)) throw error;
      this.untagged(`BYE [TOOBIG] ${error.message}`);
      await this.#send();
    } finally {
      this.#socket.end();
    }
  }

  logIn(account: Account): void {
    this.#account = account;
  }

  select(selected: SelectedMailbox | undefined): void {
    this.#selected = selected;
  }

  untagged(text: string): void {
    this.#answer.push(`* ${text}\r\n`);
  }

  ask(text: string): Promise<string | undefined> {
    this.#sendContinuation(text);
    return this.#reader.next();
  }

  sendChanges(): void {
    this.#tellChanges(true);
    void this.#send();
  }

  end(): void {
    this.#isEnding = true;
  }

  async #execute(text: string): Promise<void> {
    const [line = '', tag = '*', uid = '', verb = ''] =
      /^([^\s(){%*"\\+]+) (UID )?([A-Z]+)/i.exec(text) ?? [];
    const name = `${uid}${verb}`.toUpperCase();
    const completion = await this.#complete(name, new Arguments(text.slice(line.length)));
    this.#tellChanges(!KEEPS_NUMBERS.has(name));
    this.#answer.push(`${tag} ${completion}\r\n`);
    await this.#send();
  }

  async #complete(name: string, args: Arguments): Promise<string> {
    const command = COMMANDS.get(name);
    if (command === undefined) return 'BAD Unknown command';
    try {
      return `OK ${await command(this, args)}`;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return `${error.status} ${error.message}`;
    }
  }

  #tellChanges(withExpunges: boolean): void {
    for (const change of this.#selected?.changes(withExpunges) ?? []) this.untagged(change);
  }

  #sendContinuation(text: string): void {
    this.#answer.push(`+ ${text}\r\n`);
    void this.#send();
  }

  /** Writes the answer in one piece; resolves when it has left, so that a slow reader holds back its own commands. */
  #send(): Promise<void> {
    const octets = this.#answer.join('');
    this.#answer = [];
    if (octets === '') return Promise.resolve();
    // A connection that broke is reported by the reader; here it only ends the waiting.
    return new Promise((resolve) => this.#socket.write(octets, 'latin1', () => resolve()));
  }
}
