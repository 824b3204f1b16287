import type { Dialogue } from './dialogue.ts';
import { TlsUnavailableError, UpstreamGoneError, UpstreamProtocolError } from './upstream-errors.ts';

/**
 * Asks the server to encrypt from now on. Afterwards the dialogue is over: whatever the server has said in
 * clear, untagged words before its consent included, is forgotten, and whatever came behind the consent
 * is a reason to fail, because someone on the way may have put it there.
 *
 * @throws TlsUnavailableError when the server says no; UpstreamProtocolError when octets came behind its
 *   consent; UpstreamGoneError for BYE; and what {@link Dialogue.next} throws.
 * @see RFC 9051 sections 6.2.1 and 11.1; CVE-2011-0411
 */
export async function startTls(dialogue: Dialogue): Promise<void> {
  const tag = dialogue.connection.nextTag();
  dialogue.send(`${tag} STARTTLS\r\n`);
  for (;;) {
    const { response } = await dialogue.next();
    if (response.kind === 'data') continue;
    if (response.kind !== 'status') throw new UpstreamProtocolError('STARTTLS', `a ${response.kind} line`);
    if (response.status === 'BYE') throw new UpstreamGoneError('STARTTLS', response.text);
    if (response.tag === undefined) continue;
    if (response.tag !== tag) throw new UpstreamProtocolError('STARTTLS', 'a tagged response to no command');
    if (response.status !== 'OK') {
      throw new TlsUnavailableError(`the server refuses STARTTLS: ${response.words}`);
    }
    if (!dialogue.end()) throw new UpstreamProtocolError('STARTTLS', 'octets in clear behind its answer');
    return;
  }
}
