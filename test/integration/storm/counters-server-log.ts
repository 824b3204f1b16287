/** How often something happened, user by user. */
export type ByUser = Readonly<Record<string, number>>;

/** What a server has logged about some of its users. */
export interface ServerCounts {
  readonly logins: ByUser;
  /** Passwords that were refused. */
  readonly refusals: ByUser;
  /** Sessions that are still logged in. */
  readonly present: number;
}

const LOGIN = / imap-login: Info: Login: user=<(.*?)>, .*, session=<(.*?)>/g;
const REFUSAL = / imap-login: Info: .*\(auth failed, (\d+) attempts .*?\): user=<(.*?)>/g;
const END = / imap\(.*?\)<\d+><(.*?)>: Info: Disconnected: .* in=\d+ out=\d+/g;

/** Counts in a log of Dovecot 2.3. */
export function readServerLog(log: string, users: readonly string[]): ServerCounts {
  const logins = [...log.matchAll(LOGIN)].map(([, user = '', session = '']) => ({ user, session }));
  const refusals = [...log.matchAll(REFUSAL)].flatMap(([, attempts, user = '']) =>
    Array.from({ length: Number(attempts) }, () => user),
  );
  const ended = new Set([...log.matchAll(END)].map(([, session = '']) => session));
  return {
    logins: countByUser(
      logins.map(({ user }) => user),
      users,
    ),
    refusals: countByUser(refusals, users),
    present: logins.filter(({ user, session }) => users.includes(user) && !ended.has(session)).length,
  };
}

/** How often each of `users` is among `names`; nobody else is counted. */
export function countByUser(names: readonly string[], users: readonly string[]): ByUser {
  return Object.fromEntries(users.map((user) => [user, names.filter((name) => name === user).length]));
}

/** How often it happened to any of `users`. */
export function sum(counts: ByUser, users: readonly string[]): number {
  return users.reduce((total, user) => total + (counts[user] ?? 0), 0);
}
