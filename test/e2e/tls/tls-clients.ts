import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import { runProgram } from '../../support/run-program.ts';

/** Where a client shall connect, as whom, and whom it shall trust. The host is `localhost`. */
export interface TlsTarget {
  /** In clear, with STARTTLS. */
  readonly port: number;
  readonly tlsPort: number;
  readonly caFile: string;
  readonly user: string;
  readonly password: string;
  readonly token: string;
}

/** A mail client that logs in under TLS in one way. */
export interface TlsClient {
  readonly name: string;
  /** Names out of `SYSTEM_PACKAGES`. */
  readonly needs: readonly string[];
  readonly proof: 'password' | 'token';
  /** Returns how many messages it has seen in INBOX. */
  count(target: TlsTarget): Promise<number>;
}

export const TLS_CLIENTS: readonly TlsClient[] = [
  {
    name: 'ImapFlow (TLS)',
    needs: [],
    proof: 'password',
    count: (target) => imapflow(target, { port: target.tlsPort, secure: true }),
  },
  {
    name: 'ImapFlow (STARTTLS)',
    needs: [],
    proof: 'password',
    count: (target) => imapflow(target, { port: target.port, secure: false, doSTARTTLS: true }),
  },
  {
    name: 'ImapFlow (OAUTHBEARER)',
    needs: [],
    proof: 'token',
    count: (target) =>
      imapflow(target, {
        port: target.tlsPort,
        secure: true,
        auth: { user: target.user, accessToken: target.token },
      }),
  },
  {
    name: 'Python imaplib (IMAP4_SSL)',
    needs: ['python3'],
    proof: 'password',
    count: (target) => imaplib('ssl', target.tlsPort, target),
  },
  {
    name: 'Python imaplib (starttls)',
    needs: ['python3'],
    proof: 'password',
    count: (target) => imaplib('starttls', target.port, target),
  },
  {
    name: 'curl (imaps)',
    needs: ['curl'],
    proof: 'password',
    count: (target) => curl(target, `imaps://localhost:${target.tlsPort}`, ...byPassword(target)),
  },
  {
    name: 'curl (STARTTLS)',
    needs: ['curl'],
    proof: 'password',
    count: (target) => curl(target, `imap://localhost:${target.port}`, '--ssl-reqd', ...byPassword(target)),
  },
  {
    name: 'curl (XOAUTH2)',
    needs: ['curl'],
    proof: 'token',
    count: (target) => curl(target, `imaps://localhost:${target.tlsPort}`, ...byToken(target, 'XOAUTH2')),
  },
  {
    name: 'curl (OAUTHBEARER)',
    needs: ['curl'],
    proof: 'token',
    count: (target) => curl(target, `imaps://localhost:${target.tlsPort}`, ...byToken(target, 'OAUTHBEARER')),
  },
  {
    name: 'openssl s_client (TLS)',
    needs: ['openssl'],
    proof: 'password',
    count: (target) => openssl(target, target.tlsPort),
  },
  {
    name: 'openssl s_client (STARTTLS)',
    needs: ['openssl'],
    proof: 'password',
    count: (target) => openssl(target, target.port, '-starttls', 'imap'),
  },
];

async function imapflow(
  { caFile, user, password }: TlsTarget,
  options: Pick<ImapFlowOptions, 'port'> & Partial<ImapFlowOptions>,
): Promise<number> {
  const client = new ImapFlow({
    host: 'localhost',
    auth: { user, pass: password },
    logger: false,
    tls: { ca: readFileSync(caFile, 'utf8') },
    ...options,
  });
  await client.connect();
  const { exists } = await client.mailboxOpen('INBOX', { readOnly: true });
  await client.logout();
  return exists;
}

const IMAPLIB = fileURLToPath(new URL('programs/imaplib-tls.py', import.meta.url));

async function imaplib(way: 'ssl' | 'starttls', port: number, target: TlsTarget): Promise<number> {
  const { caFile, user, password } = target;
  return Number(await runProgram('python3', [IMAPLIB, way, String(port), caFile, user, password]));
}

function byPassword({ user, password }: TlsTarget): readonly string[] {
  return ['--user', `${user}:${password}`];
}

function byToken({ user, token }: TlsTarget, mechanism: string): readonly string[] {
  return ['--user', user, '--oauth2-bearer', token, '--login-options', `AUTH=${mechanism}`];
}

async function curl({ caFile }: TlsTarget, server: string, ...options: readonly string[]): Promise<number> {
  const common = ['--silent', '--show-error', '--cacert', caFile];
  const output = await runProgram('curl', [
    ...common,
    ...options,
    '--request',
    'EXAMINE INBOX',
    `${server}/`,
  ]);
  return existsIn(output);
}

async function openssl(
  { caFile, user, password }: TlsTarget,
  port: number,
  ...options: readonly string[]
): Promise<number> {
  const trust = ['-CAfile', caFile, '-verify_return_error', '-verify_hostname', 'localhost'];
  const args = ['s_client', '-quiet', '-connect', `localhost:${port}`, ...trust, ...options];
  const commands = [`a1 LOGIN ${user} ${password}`, 'a2 EXAMINE INBOX', 'a3 LOGOUT', ''];
  return existsIn(await runProgram('openssl', args, { input: commands.join('\r\n') }));
}

function existsIn(output: Buffer): number {
  return Number(/^\* (\d+) EXISTS\r$/m.exec(output.toString('latin1'))?.[1]);
}
