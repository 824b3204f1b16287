/** Ends a command with something other than OK; the text may start with a response code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly status: 'NO' | 'BAD';

  constructor(status: 'NO' | 'BAD', text: string) {
    super(text);
    this.status = status;
  }
}
