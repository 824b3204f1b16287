import { describe, it } from 'vitest';
import { expectOutcome, type TapSample } from './response-tap-sample.ts';

describe('ResponseTap and capability lists', () => {
  const HIDDEN = 'COMPRESS=DEFLATE UNAUTHENTICATE';

  it.each<TapSample>([
    {
      name: 'untagged data',
      wire: `* CAPABILITY IMAP4rev1 ${HIDDEN} IDLE\r\na OK\r\n`,
      received: '* CAPABILITY IMAP4rev1 IDLE\r\na OK\r\n',
    },
    {
      name: 'untagged data in lower case',
      wire: `* capability IMAP4rev1 ${HIDDEN.toLowerCase()}\na OK\n`,
      received: '* capability IMAP4rev1\na OK\n',
    },
    {
      name: 'an untagged OK',
      wire: `* OK [CAPABILITY IMAP4rev1 ${HIDDEN}] ready {3}\r\na OK\r\n`,
      received: '* OK [CAPABILITY IMAP4rev1] ready {3}\r\na OK\r\n',
    },
    {
      name: 'a tagged OK',
      wire: `a OK [CAPABILITY ${HIDDEN} IDLE] \xe4 done\r\n`,
      received: 'a OK [CAPABILITY IDLE] \xe4 done\r\n',
    },
    {
      name: 'the middle of other responses',
      wire: `* 1 EXISTS\r\n* CAPABILITY ${HIDDEN} ID\r\n* 1 FETCH (X {2}\r\nab)\r\na OK\r\n`,
      received: '* 1 EXISTS\r\n* CAPABILITY ID\r\n* 1 FETCH (X {2}\r\nab)\r\na OK\r\n',
    },
  ])('hides what cannot work through the proxy in $name', (sample) => expectOutcome(sample));

  it.each([
    '* CAPABILITY  IMAP4rev1   IDLE \r\na OK\r\n',
    '* OK [CAPABILITY IMAP4rev1] x\r\na OK [CAPABILITY IDLE] x\r\n',
    '* OK [CAPTURED COMPRESS=DEFLATE] x\r\na OK COMPRESS=DEFLATE\r\n',
    `* 1 FETCH (BODY[] {35}\r\n* CAPABILITY X COMPRESS=DEFLATE Y\r\n)\r\na OK\r\n`,
    '* LIST () "/" "CAPABILITY COMPRESS=DEFLATE"\r\na OK\r\n',
    '* NO [ALERT] COMPRESS=DEFLATE\r\na OK\r\n',
  ])('passes %j on untouched', (wire) => expectOutcome({ wire }));
});
