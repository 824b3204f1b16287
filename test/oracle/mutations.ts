/** The rules of `ARCHITECTURE.md` that keep sessions apart, each as a change of the sources that switches it off. */

import type { CharacterName } from './world/character.ts';

export interface Edit {
  /** Below `src`. */
  readonly file: string;
  /** Occurs there exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface Mutation {
  readonly name: string;
  /** The rule that is off. */
  readonly rule: string;
  /** In what kind of world it shows. */
  readonly character: CharacterName;
  readonly edits: readonly Edit[];
}

export const MUTATIONS: readonly Mutation[] = [
  mutation('reset skipped', 'a connection is reset before it is parked', 'ordinary', [
    'upstream/upstream-pool.ts',
    'resetUpstream(connection, state.maySelect, this.#clock, (verdict) => {',
    "((done: (verdict: 'clean' | 'reset failed') => void) => done('clean'))((verdict) => {",
  ]),
  mutation('failed reset ignored', 'a connection whose reset failed is closed', 'wrong answers', [
    'upstream/upstream-pool.ts',
    "const reason = verdict === 'clean' ? this.#trust.objectionTo(connection.key) : verdict;",
    "const reason = verdict === 'closed by server' ? verdict : undefined;",
  ]),
  mutation('reset by NOOP alone', 'a mailbox that may be open is closed by the reset', 'ordinary', [
    'upstream/reset.ts',
    'if (!maySelect) {',
    'if (!maySelect || maySelect) {',
  ]),
  mutation('any status resets', 'the last word of a reset is OK', 'wrong answers', [
    'upstream/reset.ts',
    "function isOk(status: string): boolean {\n  return status === 'OK';",
    "function isOk(status: string): boolean {\n  return status !== '';",
  ]),
  mutation('UNSELECT may fail', 'UNSELECT is answered OK, or BAD when nothing was open', 'wrong answers', [
    'upstream/reset.ts',
    "(status) => status === 'OK' || status === 'BAD'",
    '() => true',
  ]),
  mutation('any tag resets', 'the answers of a reset carry its own tags', 'wrong answers', [
    'upstream/reset.ts',
    'response.tag === step?.tag &&',
    '',
  ]),
  mutation(
    'data behind the reset',
    'nothing comes behind the last answer of a reset: data',
    'wrong answers',
    [
      'upstream/reset.ts',
      "but nothing may come behind the last answer.\n      if (this.#steps.length === 0) this.#end('reset failed');",
      '',
    ],
  ),
  mutation(
    'words behind the reset',
    'nothing comes behind the last answer of a reset: words',
    'wrong answers',
    [
      'upstream/reset.ts',
      "response.status === 'OK') {\n      if (this.#steps.length === 0) this.#end('reset failed');",
      "response.status === 'OK') {",
    ],
  ),
  mutation(
    'half a line behind the reset',
    'nothing comes behind the last answer of a reset: half a line',
    'wrong answers',
    [
      'upstream/reset.ts',
      "this.#end(this.#fragmenter.isAtBoundary ? 'clean' : 'reset failed')",
      "this.#end('clean')",
    ],
  ),
  mutation('reset without end', 'a reset is answered in time', 'wrong answers', [
    'upstream/reset.ts',
    "clock.after(RESET_TIMEOUT_MS, () => this.#end('reset failed'))",
    'clock.after(600_000, () => this.#end("reset failed"))',
  ]),
  mutation('CLOSE at once', 'CLOSE is only sent when it expunges nothing', 'no UNSELECT', [
    'upstream/reset.ts',
    "this.#send(['EXAMINE INBOX', (status, code) => status === 'OK' && code === 'READ-ONLY']);",
    'this.#second();\n      this.#second = undefined;',
  ]),
  mutation('EXAMINE unread', 'EXAMINE has said READ-ONLY before CLOSE is sent', 'no UNSELECT', [
    'upstream/reset.ts',
    "status === 'OK' && code === 'READ-ONLY'",
    "status === 'OK' && code !== ''",
  ]),
  mutation('obstacles ignored', 'a connection with an obstacle is closed', 'ordinary', [
    'upstream/shelf-life.ts',
    'if (state.obstacle !== undefined) return state.obstacle;',
    '',
  ]),
  mutation('login notice ignored', 'a login with a notice is for one session', 'wrong answers', [
    'upstream/shelf-life.ts',
    "return connection.login?.isPlain === true ? undefined : 'login notice';",
    'return undefined;',
  ]),
  mutation('no age limit', 'a connection is used for server_lifetime', 'short lives', [
    'upstream/shelf-life.ts',
    'return clock.now() + Math.min(leftMs, tokenLeftMs);',
    'return Number.POSITIVE_INFINITY;',
  ]),
  mutation('no use limit', 'a connection serves server_max_uses sessions', 'few uses', [
    'upstream/shelf-life.ts',
    "if (maxUses > 0 && uses >= maxUses) return 'use limit';",
    '',
  ]),
  mutation(
    'answers not awaited',
    'a session ends when every command was answered',
    'ordinary',
    [
      'session/relay.ts',
      'this.#state.isQuiet && this.#responses.isAtBoundary',
      'this.#responses.isAtBoundary',
    ],
    ['upstream/shelf-life.ts', "if (!state.isQuiet) return 'drain limit';", ''],
  ),
  mutation('word in a response', 'the proxy speaks between two responses', 'surprising', [
    'session/relay.ts',
    'this.#state.isQuiet && this.#responses.isAtBoundary',
    'this.#state.isQuiet',
  ]),
  mutation('no drain limit', 'what is outstanding when a client leaves ends in time', 'surprising', [
    'session/relay.ts',
    "new Drain(clock, () => this.#abort('drain limit', 'drain limit'))",
    'new Drain(clock, () => {})',
  ]),
  mutation('unknown commands', 'a command that is not in the table leaves anything', 'wild', [
    'protocol/session-state.ts',
    "if (effect === 'unknown') this.taint('unknown command');",
    '',
  ]),
  mutation('lasting commands', 'NOTIFY, LANGUAGE, COMPARATOR and AUTHENTICATE leave lasting state', 'wild', [
    'protocol/session-state.ts',
    "if (effect === 'lasting' || effect === 'authenticates') this.taint('lasting state');",
    '',
  ]),
  mutation('CONDSTORE unnoticed', 'words that switch CONDSTORE on make a variant', 'ordinary', [
    'protocol/session-state.ts',
    'if (!holdsCondstoreWord(source, start, end) || isCondstoreAware(this.#variant)) return;',
    'if (start <= end) return;',
  ]),
  mutation('CONDSTORE on top', 'CONDSTORE by words on top of an ENABLE is lasting state', 'enabling', [
    'protocol/session-state.ts',
    "else this.taint('lasting state');",
    '',
  ]),
  mutation('two ENABLEs', 'two ENABLEs make no variant', 'enabling', [
    'protocol/session-state.ts',
    "if (this.#variant !== CLEAN_VARIANT) this.taint('lasting state');",
    '',
  ]),
  mutation('ENABLE unnoticed', 'an ENABLE makes a variant', 'enabling', [
    'protocol/session-state.ts',
    'this.#variant = enableVariant(args);',
    '',
  ]),
  mutation('stray response', 'a tagged response that completes nothing is in doubt', 'wild', [
    'protocol/session-state.ts',
    "this.taint('stray response');\n      return undefined;",
    'return undefined;',
  ]),
  mutation('stray continuation', 'a continuation request for nothing is in doubt', 'surprising', [
    'session/relay.ts',
    "this.#state.taint('stray response');",
    '',
  ]),
  mutation('no response at all', 'a line that is no response is in doubt', 'surprising', [
    'session/response-tap.ts',
    "this.#state.taint('stray response');",
    '',
  ]),
  mutation('BAD literal', 'after BAD for a command with a literal the framing is in doubt', 'wild', [
    'protocol/session-state.ts',
    "if (status === 'BAD' && command.hasLiteral) this.taint('framing in doubt');",
    '',
  ]),
  mutation('junk line', 'after a line without a tag the framing is in doubt', 'wild', [
    'session/command-tap.ts',
    "#passJunk(source: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void {\n    this.#state.taint('framing in doubt');",
    '#passJunk(source: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void {',
  ]),
  mutation(
    'marker in data',
    'after a line of data that announces a literal the framing is in doubt',
    'wild',
    [
      'session/command-tap.ts',
      "this.#state.taint('framing in doubt');\n      this.#fragmenter.ignoreMarker();",
      'this.#fragmenter.ignoreMarker();',
    ],
  ),
  mutation('BYE ignored', 'after BYE a connection is not used again', 'surprising', [
    'session/response-tap.ts',
    "if (startsWithWord(source, word, end, 'BYE')) this.#state.taint('bye');",
    '',
  ]),
  mutation('any CLOSE', 'a mailbox is closed by the answer to a CLOSE behind the last SELECT', 'ordinary', [
    'protocol/session-state.ts',
    "status === 'OK' && isLastSelection",
    "status === 'OK'",
  ]),
  mutation('COMPRESS passes', 'what would break the connection does not reach the server', 'wild', [
    'protocol/command-table.ts',
    "row('refused', 'once', 'RFC 4978', 'COMPRESS')",
    "row('stateless', 'once', 'RFC 4978', 'COMPRESS')",
  ]),
  mutation('capabilities unfiltered', 'clients are not told what cannot work', 'ordinary', [
    'protocol/capability.ts',
    "return !HIDDEN.has(word) && !word.startsWith('COMPRESS=');",
    'return true;',
  ]),
  mutation('speaks while parked', 'a parked connection that speaks is closed', 'surprising', [
    'upstream/parked-watch.ts',
    "this.#retire('unexpected octets');",
    '',
  ]),
  mutation('check ignored', 'a parked connection answers the check with OK', 'wrong answers', [
    'upstream/parked-watch.ts',
    "if (response.kind !== 'status' || response.status !== 'OK') return false;",
    "if (response.kind !== 'status') return false;",
  ]),
  mutation('more than the answer', 'nothing comes behind an answer to the proxy itself', 'wrong answers', [
    'upstream/dialogue.ts',
    'return this.isQuiet && this.#failure === undefined;',
    'return this.#failure === undefined;',
  ]),
  mutation(
    'left in its own IDLE',
    'a parked connection that idles is asked to end that before it is used',
    'resting',
    [
      'upstream/parked-watch.ts',
      'if (this.isIdling) return this.#ask((dialogue) => this.#leaveIdle(dialogue));',
      '',
    ],
  ),
  mutation('speaks while it idles', 'a parked connection that idles may give notices, no more', 'resting', [
    'upstream/parked-watch.ts',
    "if (!this.isIdling || !NOTICES.test(chunk.toString('latin1'))) {",
    'if (!this.isIdling) {',
  ]),
  mutation('heard behind LOGOUT', 'what comes behind LOGOUT is not read', 'ordinary', [
    'session/relay.ts',
    'this.#awaited !== undefined || this.#barrier !== undefined || this.#isConfirming',
    'this.#awaited !== undefined || this.#isConfirming',
  ]),
  mutation('any variant', 'a session gets what it has asked for, or a clean connection', 'ordinary', [
    'pool/idle-shelf.ts',
    'group.parked.findLast((entry) => entry.variant === variant)',
    "group.parked.findLast((entry) => entry.variant === variant || variant === '')",
  ]),
  mutation('CONDSTORE for all', 'CONDSTORE is for a session that begins with its words', 'ordinary', [
    'session/first-command.ts',
    'isAware ? AWARE : CLEAN',
    'isAware || !isAware ? AWARE : CLEAN',
  ]),
  mutation(
    'nothing restored',
    'what was enabled from memory is on at the connection',
    'enabling',
    [
      'upstream/restoration.ts',
      'return told.filter(({ variant, question, answer }) => {',
      'return told.slice(told.length).filter(({ variant, question, answer }) => {',
    ],
    [
      'upstream/restoration.ts',
      'for (const { variant, question, answer } of told) {',
      'for (const { variant, question, answer } of told.slice(told.length)) {',
    ],
  ),
  mutation(
    'answers of any variant',
    'an answer is remembered with the variant in which it was given',
    'enabling',
    [
      'protocol/answer-memory.ts',
      'this.#answers.get(place(variant, key))',
      "this.#answers.get(place('', key))",
    ],
    ['protocol/answer-memory.ts', 'const at = place(variant, key);', "const at = place('', key);"],
  ),
  mutation('repeated after an answer', 'a command is repeated only if nothing was answered', 'surprising', [
    'session/relay.ts',
    'if (this.#unanswered !== undefined) this.#answered();',
    '',
  ]),
  mutation('unsafe repeated', 'a command that is not safe to repeat is sent once', 'surprising', [
    'session/relay.ts',
    'if (!this.#state.mayRepeat || !this.#unanswered.note(octets)) this.#answered();',
    'if (!this.#unanswered.note(octets)) this.#answered();',
  ]),
  mutation('any password', 'the key of a connection holds the secret', 'short trust', [
    'upstream/credentials.ts',
    'return this.#digest(mechanism, ...whoIs(credentials), credentials.password.expose());',
    'return this.#digest(mechanism, ...whoIs(credentials));',
  ]),
  mutation('any authorization', 'the key of a connection holds as whom it acts', 'ordinary', [
    'upstream/credentials.ts',
    'return [user, authorization ?? NOBODY];',
    'return authorization === undefined ? [user, NOBODY] : [user, NOBODY];',
  ]),
  mutation('parts run together', 'the key of a connection holds the length of each part', 'ordinary', [
    'upstream/credentials.ts',
    'hmac.update(length).update(part);',
    'hmac.update(part);',
  ]),
  mutation('trusted for ever', 'the server is asked again after reauth_interval', 'short trust', [
    'upstream/trust.ts',
    'return reauthIntervalMs === 0 || this.#clock.now() - acceptance.acceptedMs <= reauthIntervalMs;',
    'return true;',
  ]),
  mutation('old passwords', 'a new secret ends the trust in the old ones', 'short trust', [
    'upstream/trust.ts',
    'if (!isNew) return [];',
    'if (isNew || !isNew) return [];',
  ]),
  mutation('refused and trusted', 'a secret that the server refuses is not trusted any more', 'short trust', [
    'upstream/trust.ts',
    'return this.#forget(key);',
    'return this.#acceptances.size < 0;',
  ]),
  mutation('two at a time', 'a connection is leased to one session at a time', 'ordinary', [
    'pool/inventory.ts',
    "this.#move(entry, 'leased');\n  }\n\n  beginReset",
    '}\n\n  beginReset',
  ]),
  mutation('shared memory', 'what is read into memory that connections share is copied at once', 'ordinary', [
    'net/read-buffer.ts',
    'this.listener?.(this.#memory === SHARED ? Buffer.from(read) : read);',
    'this.listener?.(read);',
  ]),
  mutation('read memory is used again', 'octets that wait stay what they are', 'bulky', [
    'session/client-connection.ts',
    'if (this.#pending.length > 0) keepRead();',
    '',
  ]),
  mutation(
    'forwarded memory is used again',
    'octets that the server has not taken stay what they are',
    'bulky',
    ['upstream/upstream-connection.ts', 'if (this.#socket.writableLength > 0) keepRead();', ''],
  ),
  mutation(
    'written memory is used again',
    'octets that the client has not taken stay what they are',
    'bulky',
    ['session/client-connection.ts', 'if (this.#socket.writableLength > 0) keepRead();', ''],
  ),
];

/**
 * The text of `file`, below `src`, with the rule off.
 *
 * @throws Error when the sources have changed so that the text to be changed is not there exactly once.
 */
export function mutate({ name, edits }: Mutation, file: string, source: string): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce((text, { find, replace }) => {
      const parts = text.split(find);
      if (parts.length === 2) return parts.join(replace);
      throw new Error(`Cannot switch off "${name}": ${file} holds ${parts.length - 1} times ${find}`);
    }, source);
}

function mutation(
  name: string,
  rule: string,
  character: CharacterName,
  ...edits: readonly (readonly [string, string, string])[]
): Mutation {
  return { name, rule, character, edits: edits.map(([file, find, replace]) => ({ file, find, replace })) };
}
