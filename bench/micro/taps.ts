import { SessionState } from '../../src/protocol/session-state.ts';
import { CommandTap, type CommandTapPort } from '../../src/session/command-tap.ts';
import { ResponseTap, type ResponseTapPort } from '../../src/session/response-tap.ts';
import { FLAGS_ANSWER } from '../servers/null-answers.ts';

const COMMAND = Buffer.from('A7 UID FETCH 1 (FLAGS)\r\n');
const ANSWER = Buffer.from(`${FLAGS_ANSWER[0]}A7 ${FLAGS_ANSWER[1]}`);

const nothing = (): void => undefined;

const COMMAND_PORT: CommandTapPort = {
  toServer: nothing,
  secretToServer: nothing,
  awaitContinuation: nothing,
  confirmSelect: nothing,
  logOut: nothing,
  refuse: nothing,
};
const RESPONSE_PORT: ResponseTapPort = { toClient: nothing, continued: nothing, completed: nothing };

/** A small command and its answer, each seen by the tap of its direction. */
export function tapsCall(): () => void {
  const state = new SessionState();
  const commands = new CommandTap(state, COMMAND_PORT);
  const responses = new ResponseTap(state, RESPONSE_PORT);
  return () => {
    commands.feed(COMMAND);
    responses.feed(ANSWER);
  };
}
