import { CLIENT_SCRIPTS } from '../../conversations/library.ts';
import { FOLDER_SETTINGS, fill } from '../../conversations/mailbox.ts';
import { type Exchange, play } from '../../conversations/player.ts';
import type { Account, ConnectionScript } from '../../conversations/script.ts';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';

/** What a server says to a command: latin1, line ends included, the tag left out. */
export interface RecordedAnswer {
  readonly untagged: string;
  /** Behind tag and blank. */
  readonly tagged: string;
}

/** What Dovecot has said to each of the nine clients, once. */
export interface Recording {
  readonly greeting: string;
  /** Behind the tag, of an answer to a login. */
  readonly loggedIn: string;
  /** By user, then by the text of the command: what the client sent, without the tag and the last line end. */
  readonly answers: ReadonlyMap<string, ReadonlyMap<string, RecordedAnswer>>;
}

const MESSAGES = 2;

/** What the server has measured, which is not the same twice. */
const TIMES = /\(\d+\.\d+ \+ [\d.+ ]+ secs\)/g;

/** What the kill test itself, and the proxy, ask besides the scripts. */
const PROBES: ConnectionScript = {
  title: 'probes',
  tags: { prefix: 'p', first: 1, digits: 1, radix: 10 },
  closes: false,
  commands: ['AUTHENTICATE PLAIN <base64:<NUL>$user<NUL>$password>', 'SELECT INBOX', 'LOGOUT'].map(
    (text) => ({
      text,
      isEarly: false,
      condition: undefined,
      continuations: [],
    }),
  ),
};

/** Whose scripts are played: users of the names of the clients. */
export function accountOf(client: string): Account {
  return { user: client, password: passwordOf(client), messages: MESSAGES };
}

/** Plays every script to a Dovecot of its own and keeps the answers; takes a few seconds. */
export async function recordAnswers(): Promise<Recording> {
  await using dovecot = await Dovecot.start({ users: [...CLIENT_SCRIPTS.keys()], settings: FOLDER_SETTINGS });
  const answers = new Map<string, ReadonlyMap<string, RecordedAnswer>>();
  let greeting = '';
  let loggedIn = '';
  for (const [client, { connections }] of CLIENT_SCRIPTS) {
    const account = accountOf(client);
    await fill(dovecot.port, account);
    const ofClient = new Map<string, RecordedAnswer>();
    for (const script of [PROBES, ...connections]) {
      const { exchanges, received } = await play(script, { port: dovecot.port, account });
      for (const exchange of exchanges) keep(ofClient, exchange);
      greeting ||= received.slice(0, received.indexOf('\n') + 1);
      loggedIn ||= exchanges[0] === undefined ? '' : answerOf(exchanges[0]).tagged;
    }
    answers.set(client, ofClient);
  }
  return { greeting, loggedIn, answers };
}

/** The first answer counts: later ones may tell what has happened in between. */
function keep(answers: Map<string, RecordedAnswer>, exchange: Exchange): void {
  const text = exchange.sent.slice(exchange.tag.length + 1).trimEnd();
  if (!answers.has(text)) answers.set(text, answerOf(exchange));
}

function answerOf({ tag, received }: Exchange): RecordedAnswer {
  const text = received.replace(TIMES, '(0.001 + 0.000 secs)');
  const tagged = text.lastIndexOf(`${tag} `);
  return { untagged: text.slice(0, tagged), tagged: text.slice(tagged + tag.length + 1) };
}
