/** From root to the user the daemon runs as, and into its root directory; for good. */
import { statSync } from 'node:fs';
import type { Config } from '../config/directives.ts';
import type { Log } from '../observe/logger.ts';
import { reasonOf, StartError } from './start-error.ts';

export interface PrivilegeSettings
  extends Pick<Config, 'procUsername' | 'procGroupname' | 'chrootDirectory'> {
  /** Whether `proc_username` may be root; `run_as_root`. */
  readonly runAsRoot: boolean;
}

/** What it takes of the C library. */
export interface PrivilegeCalls {
  /** Each throws an Error. */
  chroot(directory: string): void;
  setNoNewPrivs(): void;
}

export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

type Posix = NodeJS.Process &
  Required<
    Pick<NodeJS.Process, 'geteuid' | 'seteuid' | 'setuid' | 'getegid' | 'setegid' | 'setgid' | 'setgroups'>
  >;

export class Privileges {
  readonly #settings: PrivilegeSettings;
  readonly #calls: PrivilegeCalls | undefined;
  readonly #log: Log;
  /** Who the process is going to be, and so who its files must belong to; undefined: who it is, and that is not root. */
  readonly identity: Identity | undefined;

  /** The root directory that the process is going to have; undefined: the one it has. */
  readonly newRoot: string | undefined;

  /**
   * Finds out, before anything is opened, whether everything the settings ask for can be done.
   *
   * @param calls undefined when the C library cannot be called.
   * @throws StartError that names the directive which cannot be followed.
   */
  constructor(settings: PrivilegeSettings, calls: PrivilegeCalls | undefined, log: Log) {
    this.#settings = settings;
    this.#calls = calls;
    this.#log = log;
    if (!isRoot(process)) {
      this.#noteUnprivileged();
      return;
    }
    this.identity = findIdentity(process, settings);
    this.newRoot = settings.chrootDirectory;
    if (this.newRoot !== undefined) checkDirectory(this.newRoot, calls);
  }

  /** Whether the process is root now and will not be later. */
  get areGivenUp(): boolean {
    return this.identity !== undefined && this.identity.uid !== 0;
  }

  /**
   * Changes root directory, groups, group and user, in this order, and makes sure that there is no way back. To be
   * called once everything is open that needs root or lies outside the new root directory.
   *
   * @throws StartError; the process must not serve then.
   */
  drop(): void {
    if (this.identity !== undefined && isRoot(process)) this.#dropRoot(process, this.identity);
    this.#forbidNewPrivileges();
  }

  #dropRoot(posix: Posix, identity: Identity): void {
    const { procUsername, procGroupname } = this.#settings;
    const { uid, gid } = identity;
    if (this.newRoot !== undefined) this.#changeRoot(this.newRoot);
    if (uid === 0) {
      this.#log.warn({ directive: 'run_as_root' }, 'the process serves as root');
      return;
    }
    attempt(`Cannot give up the groups of root for '${procGroupname}' (proc_groupname)`, () => {
      posix.setgroups([]);
      posix.setgid(gid);
    });
    attempt(`Cannot become '${procUsername}' (proc_username)`, () => posix.setuid(uid));
    for (const regain of [() => posix.setuid(0), () => posix.seteuid(0), () => posix.setgroups([0])]) {
      if (succeeds(regain)) throw new StartError('Cannot give up root: the system would give it back');
    }
    this.#log.info(
      { user: procUsername, uid, group: procGroupname, gid, root: this.newRoot ?? '/' },
      'gave up root',
    );
  }

  #changeRoot(directory: string): void {
    keepTimeZone();
    attempt(`Cannot use '${directory}' for chroot_directory`, () => {
      this.#calls?.chroot(directory);
      process.chdir('/');
    });
  }

  #forbidNewPrivileges(): void {
    try {
      this.#calls?.setNoNewPrivs();
    } catch (error) {
      this.#log.warn({ error: reasonOf(error) }, 'cannot forbid programs that gain privileges');
    }
  }

  #noteUnprivileged(): void {
    this.#log.info({ uid: process.getuid?.() }, 'not started as root; the process keeps its user and group');
    const { chrootDirectory } = this.#settings;
    if (chrootDirectory === undefined) return;
    const facts = { directive: 'chroot_directory' };
    this.#log.warn(facts, 'not started as root; the root directory stays as it is');
  }
}

function isRoot(candidate: NodeJS.Process): candidate is Posix {
  return candidate.geteuid?.() === 0;
}

/** Asks the system, so that users from every name service are found: as the user for a moment, whoever that is. */
function findIdentity(posix: Posix, { procUsername, procGroupname, runAsRoot }: PrivilegeSettings): Identity {
  const gid = attempt(`Cannot use '${procGroupname}' for proc_groupname`, () => {
    posix.setegid(procGroupname);
    const found = posix.getegid();
    posix.setegid(0);
    return found;
  });
  const uid = attempt(`Cannot use '${procUsername}' for proc_username`, () => {
    posix.seteuid(procUsername);
    const found = posix.geteuid();
    posix.seteuid(0);
    return found;
  });
  if (uid === 0 && !runAsRoot) {
    throw new StartError(
      `Cannot use '${procUsername}' for proc_username: expected another user than root, unless run_as_root is yes`,
    );
  }
  return { uid, gid };
}

function checkDirectory(directory: string, calls: PrivilegeCalls | undefined): void {
  const refusal = `Cannot use '${directory}' for chroot_directory`;
  if (calls === undefined) {
    throw new StartError(`${refusal}: chroot(2) needs the npm package koffi, which cannot be loaded`);
  }
  const found = attempt(refusal, () => statSync(directory));
  if (!found.isDirectory()) throw new StartError(`${refusal}: expected a directory`);
}

/**
 * Makes sure that times in logs stay local ones: neither Node.js nor the C library finds /etc/localtime in a new root.
 * Setting the variable makes both read the zone's data now.
 */
function keepTimeZone(): void {
  const { TZ = Intl.DateTimeFormat().resolvedOptions().timeZone } = process.env;
  Object.assign(process.env, { TZ });
}

function attempt<T>(refusal: string, task: () => T): T {
  try {
    return task();
  } catch (error) {
    throw new StartError(refusal, error);
  }
}

function succeeds(task: () => void): boolean {
  try {
    task();
    return true;
  } catch {
    return false;
  }
}
