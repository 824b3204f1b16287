import { afterAll, beforeAll, expect, it } from 'vitest';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { logIn, receivedBy, visit } from '../support/sessions.ts';
import { MESSAGES, SEQUENCES, type Sequence, type Step } from './sequences.ts';

/** Each way has a user of its own, with mail of the same history. */
const WAYS = ['direct', 'cold', 'hot'] as const;

describeWith(['dovecot-imapd'], 'What a client reads through the proxy', () => {
  let dovecot: Dovecot;
  let cold: InProcessProxy;
  let hot: InProcessProxy;

  beforeAll(async () => {
    dovecot = await Dovecot.start({ users: WAYS });
    cold = await InProcessProxy.start(dovecot.port, { cache_expiration_time: 0 });
    hot = await InProcessProxy.start(dovecot.port);
    await Promise.all(WAYS.map(fillMailbox));
  });

  afterAll(async () => {
    await cold.stop();
    await hot.stop();
    await dovecot.stop();
  });

  async function fillMailbox(user: string): Promise<void> {
    const client = await logIn(dovecot.port, user);
    for (const [index, message] of MESSAGES.entries()) {
      const date = `0${index + 1}-Jan-2022 10:00:00 +0000`;
      await client.command(`APPEND INBOX "${date}" {${message.length}+}\r\n${message}`);
    }
    await client.logout();
  }

  it.each(SEQUENCES)('is what the server says itself, cold and hot: $title', async (sequence) => {
    await visit(hot.port, 'hot');
    expect((await hot.settled()).parked).toBeGreaterThan(0);
    const reusedBefore = hot.snapshot().reused;

    const [direct, throughCold, throughHot] = await Promise.all([
      readAll(dovecot.port, 'direct', sequence),
      readAll(cold.port, 'cold', sequence),
      readAll(hot.port, 'hot', sequence),
    ]);

    expect(throughCold).toBe(direct);
    expect(throughHot).toBe(direct);
    // A session that asks for nothing needs no server connection.
    expect(hot.snapshot().reused).toBe(reusedBefore + (sequence.steps.length > 0 ? 1 : 0));
  });

  it('is a greeting and an answer to CAPABILITY that name what the server does', async () => {
    const [direct, proxied] = await Promise.all([dovecot.port, hot.port].map(readCapabilities));

    expect(proxied).toEqual(direct);
  });
});

/** Every octet that the server or the proxy says in a session of these steps, without what must differ. */
async function readAll(port: number, user: string, { steps, endsByServer }: Sequence): Promise<string> {
  using client = await ImapClient.connect(port);
  await client.readGreeting();
  await client.command(`LOGIN ${user} ${passwordOf(user)}`);
  for (const step of steps) await take(client, step);
  if (endsByServer === true) await client.waitForEnd();
  else await client.logout();
  return mask(receivedBy(client));
}

async function take(client: ImapClient, step: Step): Promise<void> {
  if (typeof step === 'string') {
    await client.command(step);
  } else if ('command' in step) {
    await client.command(step.command, ...step.continuations);
  } else {
    await client.send(step.octets);
    await client.readReply(step.lastTag);
  }
}

/** The words before login in both places, and whether those after login come again with the login. */
async function readCapabilities(port: number): Promise<readonly string[]> {
  using client = await ImapClient.connect(port);
  const greeting = await client.readGreeting();
  const asked = await client.command('CAPABILITY');
  const login = await client.command(`LOGIN hot ${passwordOf('hot')}`);
  return [greeting, ...asked.untagged, ...login.untagged, login.tagged].map(withoutHiddenWords);
}

function mask(received: string): string {
  return (
    withoutHiddenWords(received)
      // What the server has measured.
      .replace(/\(\d+\.\d+ \+ \d+\.\d+( \+ \d+\.\d+)? secs\)/g, '(secs)')
      // Mailboxes of the same name are made at different times.
      .replace(/(UIDVALIDITY|APPENDUID|COPYUID) \d+/g, '$1 n')
      // The end of a session is told in the words of the proxy.
      .replace(
        /^\* BYE (Logging out|LOGOUT received)\r\n(\S+) OK (Logout completed \(secs\)\.|Completed)\r\n$/m,
        '* BYE\r\n$2 OK\r\n',
      )
  );
}

/** The proxy does not announce what cannot work through it. */
function withoutHiddenWords(text: string): string {
  return text.replace(/^(\* CAPABILITY |\S+ OK \[CAPABILITY ).*/gm, (line) =>
    line.replace(/ (LOGIN-REFERRALS|COMPRESS=DEFLATE)\b/g, ''),
  );
}
