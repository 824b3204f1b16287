import { Mailbox, type NewMessage } from './mailbox.ts';
import { PasswordHash } from './password-hash.ts';

/** Who may log in, and what lies in the inbox and the sent mail. */
export interface AccountSpec {
  readonly name: string;
  readonly password: string;
  readonly inbox: readonly NewMessage[];
  readonly sent: readonly NewMessage[];
}

/** One user's mailboxes. */
export class Account {
  readonly name: string;
  readonly mailboxes: readonly Mailbox[];

  constructor(spec: AccountSpec) {
    const uidValidity = Math.floor(Date.now() / 1000);
    const open = (name: string, use?: string) => new Mailbox(name, use, uidValidity);
    const inbox = open('INBOX');
    const sent = open('Sent', '\\Sent');
    for (const message of spec.inbox) inbox.append(message);
    for (const message of spec.sent) sent.append(message);
    this.name = spec.name;
    this.mailboxes = [inbox, open('Drafts', '\\Drafts'), sent, open('Trash', '\\Trash')];
  }

  /** The mailbox of that name; INBOX in any letter case (RFC 3501 section 5.1). */
  mailbox(name: string): Mailbox | undefined {
    const wanted = name.toUpperCase() === 'INBOX' ? 'INBOX' : name;
    return this.mailboxes.find((mailbox) => mailbox.name === wanted);
  }
}

/** All accounts of the server; checks passwords and counts the logins. */
export class Accounts {
  readonly #accounts = new Map<string, { readonly account: Account; readonly hash: PasswordHash }>();
  readonly #nobody: PasswordHash;
  readonly #onLogin: (name: string) => void;
  #logins = 0;

  private constructor(nobody: PasswordHash, onLogin: (name: string) => void) {
    this.#nobody = nobody;
    this.#onLogin = onLogin;
  }

  /** Hashes every password once; `onLogin` hears the name at each login that succeeds. */
  static async create(specs: readonly AccountSpec[], onLogin: (name: string) => void): Promise<Accounts> {
    const accounts = new Accounts(await PasswordHash.of(''), onLogin);
    for (const spec of specs) {
      const hash = await PasswordHash.of(spec.password);
      accounts.#accounts.set(spec.name, { account: new Account(spec), hash });
    }
    return accounts;
  }

  /** Logins that succeeded so far. */
  get logins(): number {
    return this.#logins;
  }

  /** The account, if name and password are right. A wrong name takes as long as a wrong password. */
  async logIn(name: string, password: string): Promise<Account | undefined> {
    const entry = this.#accounts.get(name);
    const isRight = await (entry?.hash ?? this.#nobody).matches(password);
    if (entry === undefined || !isRight) return undefined;
    this.#logins += 1;
    this.#onLogin(name);
    return entry.account;
  }
}
