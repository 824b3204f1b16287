import type { Random } from '../random.ts';
import type { Login } from './accounts.ts';
import type { Piece } from './planned-command.ts';

/** The login command under `tag`, in one of the ways there are to spell it. */
export function spellLogin(
  { account, version, identity }: Login,
  tag: string,
  random: Random,
): readonly Piece[] {
  const password = version < 0 ? 'wrong' : account.password(version);
  const piece = (text: string, needsContinuation = false): Piece => ({
    text: `${text}\r\n`,
    needsContinuation,
    tag,
    isForProxy: true,
  });
  const isSelf = identity === account.name;
  const sasl = Buffer.from(`${isSelf ? '' : identity}\0${account.name}\0${password}`).toString('base64');
  const plain: readonly (readonly Piece[])[] = [
    [piece(`${tag} AUTHENTICATE PLAIN ${sasl}`)],
    [piece(`${tag} authenticate plain`), piece(sasl, true)],
  ];
  const login: readonly (readonly Piece[])[] = [
    [piece(`${tag} LOGIN ${account.name} ${password}`)],
    [piece(`${tag} login "${account.name}" "${password}"`)],
    [piece(`${tag} LOGIN {${account.name.length}+}\r\n${account.name} {${password.length}+}\r\n${password}`)],
    [
      piece(`${tag} LOGIN {${account.name.length}}`),
      piece(`${account.name} {${password.length}}`, true),
      piece(password, true),
    ],
  ];
  return random.pick(isSelf ? [...login, ...plain] : plain);
}
