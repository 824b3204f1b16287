/**
 * The lines of the classic daemon's log that filters of administrators know, for the messages that say the same.
 *
 * @see imapproxy 1.2.8: imapcommon.c and request.c
 */

/** A message's fields as pino writes them. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * The classic line for `message`; undefined where there was none. `fields` are those that it leaves out.
 *
 * @param shield makes a peer's words harmless: one line, without controls.
 */
export function classicLine(
  message: string,
  fields: Fields,
  shield: (text: string) => string,
): { readonly text: string; readonly fields: Fields } | undefined {
  const { user, client, upstream, reused, error, status, ...others } = fields;
  if (typeof user !== 'string' || typeof client !== 'string') return undefined;
  const name = `'${shield(user).replaceAll("'", "\\'")}'`;
  switch (message) {
    case 'login': {
      const where = `on ${reused === true ? 'existing' : 'new'} sd [${upstream}]`;
      return { text: `LOGIN: ${name} (${client}) ${where}`, fields: others };
    }
    case 'login refused': {
      const cause = shield(String(error));
      const what =
        status === undefined ? cause : `non-OK server response to LOGIN command: ${status} ${cause}`;
      return { text: `LOGIN: ${name} (${client}) failed: ${what}`, fields: others };
    }
    case 'session ended':
      return {
        text: `LOGOUT: ${name} from server sd [${upstream ?? 'none'}]`,
        fields: { client, ...others },
      };
    default:
      return undefined;
  }
}
