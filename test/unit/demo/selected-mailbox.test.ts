import { beforeEach, describe, expect, it } from 'vitest';
import { Mailbox } from '../../../demo/imap-server/mailbox.ts';
import { SelectedMailbox } from '../../../demo/imap-server/selected-mailbox.ts';

const INTERNAL_DATE = new Date(0);

let mailbox: Mailbox;
let selected: SelectedMailbox;

function append(...flags: string[]): void {
  mailbox.append({ octets: 'Subject: x\r\n\r\n', internalDate: INTERNAL_DATE, flags });
}

beforeEach(() => {
  mailbox = new Mailbox('INBOX', undefined, 1);
  for (let count = 0; count < 3; count += 1) append();
  selected = new SelectedMailbox(mailbox, false);
});

describe('SelectedMailbox', () => {
  it('has nothing to tell while nothing changes', () => {
    expect(selected.changes(true)).toEqual([]);
  });

  it('tells of new messages once', () => {
    append();
    expect(selected.changes(true)).toEqual(['4 EXISTS']);
    expect(selected.changes(true)).toEqual([]);
  });

  it('numbers expunged messages as the client counts while it reads', () => {
    for (const uid of [1, 2]) mailbox.setFlags(uid, ['\\Deleted']);
    selected.changes(true);
    mailbox.expunge(() => true);
    expect(selected.changes(true)).toEqual(['1 EXPUNGE', '1 EXPUNGE']);
    expect(selected.matching('1', false).map(({ message }) => message.uid)).toEqual([3]);
  });

  it('keeps sequence numbers until the client may hear of an expunge', () => {
    mailbox.setFlags(1, ['\\Deleted']);
    mailbox.expunge(() => true);
    append();
    expect(selected.changes(false)).toEqual(['4 EXISTS']);
    expect(selected.matching('2', false).map(({ message }) => message.uid)).toEqual([2]);
    expect(selected.changes(true)).toEqual(['1 EXPUNGE']);
    expect(selected.all().map(({ message }) => message.uid)).toEqual([2, 3, 4]);
  });

  it('tells flags that another client set, not those set through it', () => {
    mailbox.setFlags(2, ['\\Seen']);
    const [first] = selected.matching('1', false);
    if (first !== undefined) selected.setFlags(first.message, ['\\Flagged']);
    expect(selected.changes(true)).toEqual(['2 FETCH (UID 2 FLAGS (\\Seen))']);
    expect(mailbox.messages[0]?.flags).toEqual(new Set(['\\Flagged']));
  });

  it.each([
    ['2:*', false, [2, 3]],
    ['*', true, [3]],
    ['9:*', true, [3]],
    ['3:1', true, [1, 2, 3]],
    ['1,3', false, [1, 3]],
    ['7', true, []],
  ])('finds the messages of set %s (by UID: %s)', (set, isUid, expected) => {
    expect(selected.matching(set, isUid).map(({ message }) => message.uid)).toEqual(expected);
  });

  it.each(['', '1:', 'a', '1,,2', '-1'])('refuses "%s" for a set', (set) => {
    expect(() => selected.matching(set, true)).toThrow('Not a sequence set');
  });
});
