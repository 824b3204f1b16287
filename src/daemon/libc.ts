/** The calls of the C library that Node.js does not make, on Linux: through koffi, an optional dependency. */
import { constants } from 'node:os';
import { getSystemErrorMessage, getSystemErrorName } from 'node:util';
import { ProxyError } from '../base/errors.ts';
import { reasonOf } from './start-error.ts';

type Koffi = typeof import('koffi')['default'];
type NativeFunction = ReturnType<ReturnType<Koffi['load']>['func']>;

/** koffi is not installed, or has no build for this machine. */
export class LibcUnavailableError extends ProxyError {
  readonly code = 'LIBC_UNAVAILABLE';
  readonly fault = 'operator';

  constructor(cause: unknown) {
    const [reason] = reasonOf(cause).split('\n');
    super(`Cannot call the C library: ${reason}`, { cause });
  }
}

const RLIMIT_NOFILE = 7;
const LOCK_EX = 2;
const LOCK_NB = 4;
const PR_SET_NO_NEW_PRIVS = 38;
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const LOG_PID = 0x01;
const LOG_NDELAY = 0x08;

/** Each method throws an Error with the system's words and code, like those of `node:fs`, unless it says otherwise. */
export class Libc {
  readonly #koffi: Koffi;
  readonly #library: ReturnType<Koffi['load']>;
  readonly #functions = new Map<string, NativeFunction>();

  private constructor(koffi: Koffi) {
    this.#koffi = koffi;
    this.#library = koffi.load(null, { lazy: true });
  }

  /** Costs about 15 ms and 7 MB of memory. @throws LibcUnavailableError */
  static async load(): Promise<Libc> {
    try {
      const { default: koffi } = await import('koffi');
      return new Libc(koffi);
    } catch (error) {
      throw new LibcUnavailableError(error);
    }
  }

  /** chroot(2). Leaves the working directory where it is. */
  chroot(directory: string): void {
    this.#call('int chroot(const char *path)', directory);
  }

  /**
   * prctl(2), PR_SET_NO_NEW_PRIVS: no program that the calling thread starts gains rights by its set-user-ID bit
   * or file capabilities. Node.js starts programs from this thread only.
   */
  setNoNewPrivs(): void {
    this.#call('int prctl(int option, ...)', PR_SET_NO_NEW_PRIVS, ...longs(1, 0, 0, 0));
  }

  /** setrlimit(2), RLIMIT_NOFILE: the soft and the hard limit. */
  setMaxOpenFiles(files: number): void {
    this.#call('int setrlimit(int resource, const unsigned long *limits)', RLIMIT_NOFILE, [files, files]);
  }

  /**
   * flock(2): locks the open file for this process alone, until it is closed.
   *
   * @returns false when another process holds the lock.
   */
  tryLock(descriptor: number): boolean {
    const result = this.#function('int flock(int fd, int operation)')(descriptor, LOCK_EX | LOCK_NB);
    if (result === 0) return true;
    if (this.#koffi.errno() === constants.errno.EWOULDBLOCK) return false;
    throw this.#failure('flock');
  }

  /**
   * A datagram socket that is connected to the Unix socket at `address`: a path, or `@` and an abstract name. Each
   * `writeSync` to it sends one datagram, also after a change of root directory.
   *
   * @returns its descriptor.
   */
  connectDatagram(address: string): number {
    const descriptor = this.#call(
      'int socket(int domain, int type, int protocol)',
      AF_UNIX,
      SOCK_DGRAM | SOCK_CLOEXEC,
      0,
    );
    const name = unixAddress(address);
    this.#call(
      'int connect(int fd, const void *address, unsigned int length)',
      descriptor,
      name,
      name.length,
    );
    return descriptor;
  }

  /** openlog(3) with LOG_PID, and connected at once: after chroot(2) the logger's socket cannot be found any more. */
  openSyslog(ident: string, facility: number): void {
    const octets = Buffer.from(`${ident}\0`);
    // syslog(3) keeps the pointer, so this memory is never freed.
    const kept: unknown = this.#koffi.alloc('char', octets.length);
    this.#koffi.encode(kept, 'uint8_t', [...octets], octets.length);
    this.#function('void openlog(const void *ident, int option, int facility)')(
      kept,
      LOG_PID | LOG_NDELAY,
      facility,
    );
  }

  /** syslog(3). Says nothing when nobody takes the message, as the system's own function does. */
  syslog(priority: number, message: string): void {
    this.#function('void syslog(int priority, const char *format, ...)')(priority, '%s', 'str', message);
  }

  #call(signature: string, ...args: unknown[]): number {
    const result: unknown = this.#function(signature)(...args);
    if (typeof result === 'number' && result >= 0) return result;
    throw this.#failure(/\w+(?=\()/.exec(signature)?.[0] ?? signature);
  }

  #function(signature: string): NativeFunction {
    const known = this.#functions.get(signature);
    if (known !== undefined) return known;
    const bound = this.#library.func(signature);
    this.#functions.set(signature, bound);
    return bound;
  }

  #failure(syscall: string): Error {
    const errno = -this.#koffi.errno();
    const facts = { errno, code: getSystemErrorName(errno), syscall };
    return Object.assign(new Error(getSystemErrorMessage(errno)), facts);
  }
}

/** Arguments behind an ellipsis, as koffi wants them. */
function longs(...values: number[]): unknown[] {
  return values.flatMap((value) => ['unsigned long', value]);
}

/** `struct sockaddr_un`, as long as its name. @see unix(7) */
function unixAddress(address: string): Buffer {
  const family = Buffer.from(Uint16Array.of(AF_UNIX).buffer);
  const name = address.startsWith('@') ? `\0${address.slice(1)}` : `${address}\0`;
  return Buffer.concat([family, Buffer.from(name)]);
}
