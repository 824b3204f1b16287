import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandTapRun, type Reaction } from '../../support/command-tap-run.ts';
import { cutAt, transient } from '../../support/cuts.ts';

/** A piece of a dialogue, and what must become of it. */
interface Piece {
  readonly wire: string;
  readonly sent: string;
  readonly asked: readonly string[];
  readonly reactions: readonly Reaction[];
}

const tag = fc.constantFrom('a', 'A1', 'a1', 'a10', '$1.$', 'LOGOUT', 'DONE');
const ending = fc.constantFrom('\r\n', '\n');
/** What a literal may hold: anything, often what would matter as a command. */
const octets = fc
  .array(
    fc.oneof(
      fc.constantFrom('z LOGOUT\r\n', '\r\nDONE\r\n', '{3}\r\n', '{9+}\n', 'COMPRESS', ' ', '\n'),
      fc.nat({ max: 255 }).map((octet) => String.fromCharCode(octet)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const words = fc.constantFrom(
  'NOOP',
  'select LOGOUT',
  'UID FETCH 1:* (FLAGS)',
  'x {3} y',
  'LIST "" "{5}"',
  'IDLE2',
);

const passed = (wire: string, asked: readonly string[] = [], reactions: readonly Reaction[] = []): Piece => ({
  wire,
  sent: wire,
  asked,
  reactions,
});

const command = fc.tuple(tag, words, ending).map(([tag, text, end]) => passed(`${tag} ${text}${end}`));
const rushed = fc
  .tuple(tag, octets, octets, ending)
  .map(([tag, one, two, end]) =>
    passed(`${tag} APPEND x (~{${one.length}+}${end}${one}) {${two.length}+}${end}${two}${end}`),
  );
const asking = fc
  .tuple(tag, octets, ending)
  .map(([tag, data, end]) =>
    passed(`${tag} APPEND x {${data.length}}${end}${data}${end}`, [`literal ${tag}`], ['+']),
  );
const denied = fc
  .tuple(tag, fc.constantFrom<Reaction>('NO', 'BAD', 'OK'), ending)
  .map(([tag, reaction, end]) => passed(`${tag} APPEND none {7}${end}`, [`literal ${tag}`], [reaction]));
const idle = fc
  .tuple(tag, fc.constantFrom('DONE', 'done', 'b LOGOUT', '', 'x COMPRESS y'), ending)
  .map(([tag, data, end]) => passed(`${tag} IDLE${end}${data}${end}`, [`idle ${tag}`], ['+']));
const junk = fc
  .constantFrom('\r\n', ' x LOGOUT\r\n', 'a] LOGOUT\n', 'a{3}\r\n', '* {1}\n')
  .map((text) => passed(text));
const kept = fc
  .tuple(tag, fc.constantFrom('COMPRESS', 'STARTTLS', 'UNAUTHENTICATE'), fc.option(octets), ending)
  .map(([tag, name, data, end]): Piece => {
    const literal = data === null ? '' : ` {${data.length}+}${end}${data}`;
    return {
      wire: `${tag} ${name}${literal}${end}`,
      sent: '',
      asked: [`refuse ${tag} ${name}`],
      reactions: [],
    };
  });
const leaving = fc.tuple(tag, fc.constantFrom('LOGOUT', 'LogOut now'), octets, ending).map(
  ([tag, text, behind, end]): Piece => ({
    wire: `${tag} ${text}${end}${behind}`,
    sent: '',
    asked: [`log out ${tag}`],
    reactions: [],
  }),
);

const dialogue = fc
  .tuple(
    fc.array(fc.oneof(command, rushed, asking, denied, idle, junk, kept), { maxLength: 8 }),
    fc.option(leaving),
  )
  .map(([pieces, last]) => (last === null ? pieces : [...pieces, last]));

describe('CommandTap', () => {
  it('sends what a client may send, all of it and nothing else, however the octets are cut', () => {
    fc.assert(
      fc.property(dialogue, fc.array(fc.nat({ max: 300 }), { maxLength: 10 }), (pieces, cuts) => {
        const run = new CommandTapRun(pieces.flatMap(({ reactions }) => reactions));
        const wire = Buffer.from(pieces.map((piece) => piece.wire).join(''), 'latin1');
        for (const chunk of transient(cutAt(wire, cuts))) run.feed(chunk);
        expect(run.outcome).toMatchObject({
          sent: pieces.map(({ sent }) => sent).join(''),
          asked: pieces.flatMap(({ asked }) => asked),
          isIdling: false,
        });
      }),
      { numRuns: 2_000 },
    );
  });
});
