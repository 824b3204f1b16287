import type { EventEmitter } from 'node:events';
import type { MailServer } from './mail-server.ts';
import { type Measurement, measure } from './measure.ts';
import { PEOPLE, WARM_UP } from './people.ts';
import type { ProxyProcess } from './proxy-process.ts';
import { milliseconds, reportLines, summaryLine } from './report.ts';
import { heading, mark, say, strong } from './screen.ts';

const PAGES_EACH = 12;
const WARM_UP_PAGES = 10;

/** Tells of logins at the mail server, if it is one that says so at once. */
export type LoginEvents = EventEmitter<{ login: [name: string] }>;

/**
 * Measures the webmail directly and through the proxy, drawing a mark for each page view, and prints the result.
 *
 * @throws Error when a page view fails; one through the proxy with the last lines of its log.
 */
export async function compareBothWays(
  server: MailServer,
  proxy: ProxyProcess,
  logins: LoginEvents,
): Promise<void> {
  heading('3. The webmail');
  say(
    `${PEOPLE.length} users look at ${PAGES_EACH} pages each, one page at a time. For each page the webmail`,
  );
  say('connects, logs in, selects the inbox, fetches the list of mails and logs out.');
  if (server.tellsLogins) say('L: the mail server checked a password for this page; dot: it did not.');
  const direct = await measureAndDraw('directly', server, server.port, logins);
  const cached = await measureAndDraw('through the proxy', server, proxy.port, logins).catch(
    (error: unknown) => {
      throw proxy.explain(error);
    },
  );
  heading('4. The result');
  for (const line of reportLines(direct, cached)) say(line);
  say('');
  say(strong(summaryLine(direct, cached)));
  if (cached.logins === PEOPLE.length)
    say("Each user's first login goes to the server; it is the slow one in the proxy's p95.");
  say('The cheaper a password check is, the less there is to save: compare with and without --dovecot.');
}

async function measureAndDraw(
  way: string,
  server: MailServer,
  port: number,
  logins: LoginEvents,
): Promise<Measurement> {
  await measure(server, port, [WARM_UP], WARM_UP_PAGES, () => undefined);
  let hasLogin = false;
  const onLogin = () => {
    hasLogin = true;
  };
  logins.on('login', onLogin);
  mark(`  ${way.padEnd(18)}`);
  const measurement = await measure(server, port, PEOPLE, PAGES_EACH, () => {
    mark(hasLogin ? 'L' : '.');
    hasLogin = false;
  });
  logins.off('login', onLogin);
  const total = measurement.views.reduce((sum, view) => sum + view.page, 0);
  console.log(`  ${milliseconds(total)}`);
  return measurement;
}
