import { Dovecot, passwordOf } from '../support/dovecot.ts';
import { CLIENT_SCRIPTS } from './library.ts';
import { FOLDER_SETTINGS, fill } from './mailbox.ts';
import { type Exchange, play } from './player.ts';
import { type Route, WAYS, type Way } from './route.ts';
import type { Account, ConnectionScript } from './script.ts';

/** How often a client, or the proxy for it, has waited for the server: sums over its connections. */
export interface Waits {
  /** Until the first answer that shows the client mail or a folder; to the end where there is none. */
  readonly untilUseful: number;
  /** What the proxy asks on its own account when a session is over is in here. */
  readonly inAll: number;
}

/** Commands that say who is there and what the server can do. */
const PROLOGUE: ReadonlySet<string> = new Set([
  'CAPABILITY',
  'AUTHENTICATE',
  'LOGIN',
  'ID',
  'ENABLE',
  'NAMESPACE',
  'LOGOUT',
]);

const MESSAGES = 3;

/** Starts a Dovecot in which each of the nine clients has the same small mailbox, one for every way to it. */
export async function startMailServer(): Promise<Dovecot> {
  const accounts = [...CLIENT_SCRIPTS.keys()].flatMap((client) => WAYS.map((way) => accountOf(client, way)));
  const users = accounts.map(({ user }) => user);
  const dovecot = await Dovecot.start({ users, settings: FOLDER_SETTINGS });
  for (const account of accounts) await fill(dovecot.port, account);
  return dovecot;
}

/** Plays all connections of a client, one after the other; on a way that remembers, twice before that. */
export async function measure(route: Route, client: string): Promise<Waits> {
  if (route.way === 'classic' || route.way === 'hot') {
    // An ENABLE takes a connection away from pages that send none; the second time there is one for each.
    await playAll(route, client);
    await playAll(route, client);
  }
  const sum = { untilUseful: 0, inAll: 0 };
  for (const script of connectionsOf(client)) {
    const { untilUseful, inAll } = await measureConnection(route, client, script);
    sum.untilUseful += untilUseful;
    sum.inAll += inAll;
  }
  return sum;
}

/** Plays all connections of a client. Returns the names of the commands that the server got, for each of them. */
export async function playAll(route: Route, client: string): Promise<string[][]> {
  const commands: string[][] = [];
  await route.settle();
  for (const script of connectionsOf(client)) {
    const before = route.relay.commands.length;
    await playOne(route, client, script);
    await route.settle();
    commands.push(route.relay.commands.slice(before));
  }
  return commands;
}

async function measureConnection(route: Route, client: string, script: ConnectionScript): Promise<Waits> {
  await route.settle();
  const before = route.relay.roundTrips;
  const waited = (): number => route.relay.roundTrips - before;
  let usefulAt: number | undefined;
  let lastAt = 0;
  await playOne(route, client, script, ({ name }) => {
    lastAt = waited();
    if (!PROLOGUE.has(name)) usefulAt ??= lastAt;
  });
  await route.settle();
  return { untilUseful: usefulAt ?? lastAt, inAll: waited() };
}

/** @throws Error when a command is not answered OK, or the client does not come to its end */
async function playOne(
  { port, way }: Route,
  client: string,
  script: ConnectionScript,
  onAnswered: (exchange: Exchange) => void = () => undefined,
): Promise<void> {
  const { exchanges, ending, received } = await play(script, {
    port,
    account: accountOf(client, way),
    onAnswered,
  });
  const isGood = exchanges.every((exchange) => exchange.received.includes(`${exchange.tag} OK`));
  if (ending === 'left' && isGood) return;
  throw new Error(`${client}, "${script.title}", ${way}: ${ending}, and was told\n${received}`);
}

function connectionsOf(client: string): readonly ConnectionScript[] {
  const script = CLIENT_SCRIPTS.get(client);
  if (script === undefined) throw new Error(`There is no client ${client}`);
  return script.connections;
}

function accountOf(client: string, way: Way): Account {
  const user = `${client}-${way}`;
  return { user, password: passwordOf(user), messages: MESSAGES };
}
