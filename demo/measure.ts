import type { MailServer } from './mail-server.ts';
import type { Person } from './people.ts';
import { type PageView, viewPage } from './webmail.ts';

/** What was measured on one way to the mail server. */
export interface Measurement {
  readonly views: readonly PageView[];
  /** Logins that the mail server saw meanwhile. */
  readonly logins: number;
}

/**
 * Shows `pagesEach` pages to each person, in turns and one at a time, so that no page view slows another
 * down; `onView` is called after each.
 */
export async function measure(
  server: MailServer,
  port: number,
  people: readonly Person[],
  pagesEach: number,
  onView: () => void,
): Promise<Measurement> {
  const before = await server.logins();
  const views: PageView[] = [];
  for (let page = 0; page < pagesEach; page += 1) {
    for (const person of people) {
      views.push(await viewPage(port, person));
      onView();
    }
  }
  return { views, logins: (await server.logins()) - before };
}
