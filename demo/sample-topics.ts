/** Who writes about what in the demo's mailboxes. */
export interface Topic {
  readonly from: string;
  readonly subject: string;
  readonly text: readonly string[];
  /** File that comes along, with its content. */
  readonly attachment?: { readonly name: string; readonly type: string; readonly content: string };
  /** Whether there is an HTML version beside the text. */
  readonly isHtml?: boolean;
}

/** The inbox goes round this list; the senders use domains reserved by RFC 2606. */
export const TOPICS: readonly Topic[] = [
  {
    from: 'Priya Raman <priya@example.com>',
    subject: 'Lunch on Thursday?',
    text: ['The new place by the canal has a table for six.', 'Shall I take it?'],
  },
  {
    from: 'Build Robot <ci@build.example.net>',
    subject: '[passed] nightly build',
    text: ['All 1843 tests passed in 4 min 12 s.', 'Slowest: imap/append-large (9.1 s)'],
  },
  {
    from: '"Hoffmann, Jens" <jens.hoffmann@example.org>',
    subject: '=?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=',
    text: ['Am Samstag sind wir alle am Rhein. Komm doch mit!', '', 'Jens'],
  },
  {
    from: 'City Library <no-reply@library.example.org>',
    subject: 'Your loans are due in three days',
    text: ['"The Design of Everyday Things" is due on Monday.', 'You may extend it twice more.'],
    isHtml: true,
  },
  {
    from: 'Marta Nowak <marta@example.com>',
    subject: 'Figures for the meeting',
    text: ['The table you asked for is attached. The second column is new.'],
    attachment: {
      name: 'figures.csv',
      type: 'text/csv',
      content: 'month,visits\r\nJan,1204\r\nFeb,1310\r\n',
    },
  },
  {
    from: 'ops-alerts@monitor.example.net',
    subject: 'RESOLVED: disk usage on mail-2 above 80 %',
    text: ['Usage is back at 61 % after the log rotation at 04:00.'],
  },
  {
    from: 'Tomasz Zielinski <tomasz@example.com>',
    subject: 'Re: Moving the webmail to the new host',
    text: ['> Do we need the proxy there as well?', '', 'Yes, logins are what made the old one slow.'],
  },
  {
    from: 'Weekly Review <news@letters.example.org>',
    subject: 'Five things worth reading',
    text: [
      '1. Why connection pools beat caches',
      '2. A short history of the mailbox',
      '3. Tea, properly made',
    ],
    isHtml: true,
  },
];
