import type { Capabilities } from '../protocol/capability.ts';
import type { IdParameters } from '../protocol/id.ts';
import type { Exchange } from './exchange.ts';
import { LoginRefusedError } from './upstream-errors.ts';

/**
 * Tells the server who the client is, and returns what the server tells in return (RFC 2971), if
 * it does. Whatever the answer is: an ID that the server does not like must not keep its user out.
 *
 * @throws what {@link Exchange.answer} throws.
 */
export async function identify(
  exchange: Exchange,
  parameters: IdParameters,
  offered: Capabilities,
): Promise<string | undefined> {
  try {
    await sayId(exchange, parameters, offered);
    await exchange.completion();
  } catch (error) {
    if (!(error instanceof LoginRefusedError)) throw error;
  }
  return exchange.serverId;
}

async function sayId(exchange: Exchange, parameters: IdParameters, offered: Capabilities): Promise<void> {
  if (parameters.length === 0) {
    exchange.say(`${exchange.tag} ID NIL\r\n`);
    return;
  }
  exchange.say(`${exchange.tag} ID (`);
  for (const [index, [name, value]] of parameters.entries()) {
    if (index > 0) exchange.say(' ');
    await exchange.sayString(name, offered);
    exchange.say(' ');
    if (value === undefined) exchange.say('NIL');
    else await exchange.sayString(value, offered);
  }
  exchange.say(')\r\n');
}
