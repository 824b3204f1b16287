import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClientScript, parseScript } from './script.ts';

const NAMES = [
  'roundcube',
  'horde',
  'nextcloud',
  'snappymail',
  'cypht',
  'squirrelmail',
  'imapflow',
  'php-imap',
  'imaplib',
];

/** The nine mail clients, by the names of their files, which can serve as names of users too. */
export const CLIENT_SCRIPTS: ReadonlyMap<string, ClientScript> = new Map(
  NAMES.map((name) => [name, read(name)]),
);

function read(name: string): ClientScript {
  const file = `${name}.txt`;
  return parseScript(file, readFileSync(join(import.meta.dirname, 'clients', file), 'utf8'));
}
