/**
 * The programs outside npm that the tests need: real mail servers and real mail clients.
 * This is the one place that names them; `npm test` installs what is missing where it may.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { SetupError } from './setup.mjs';

/** Debian package, why the tests need it, and how to see that it is there, however it was installed. */
export const SYSTEM_PACKAGES = [
  {
    name: 'dovecot-imapd',
    reason: 'the real IMAP server behind the proxy',
    isPresent: () => isExecutable('/usr/sbin/dovecot') && isExecutable('/usr/lib/dovecot/imap'),
  },
  {
    name: 'imapproxy',
    reason: 'the classic daemon and its pimpstat, to compare with',
    isPresent: () => isExecutable('/usr/sbin/imapproxyd') && isExecutable('/usr/sbin/pimpstat'),
  },
  {
    name: 'bsdutils',
    reason: 'gives the live screen of pimpstat a terminal (script)',
    isPresent: () => succeeds('script', ['--version']),
  },
  {
    name: 'openssl',
    reason: 'makes the certificates that the tests of TLS use',
    isPresent: () => succeeds('openssl', ['version']),
  },
  {
    name: 'curl',
    reason: 'a mail client of the end-to-end tests (libcurl)',
    isPresent: () => succeeds('curl', ['--version']),
  },
  {
    name: 'isync',
    reason: 'a mail client of the end-to-end tests (mbsync)',
    isPresent: () => succeeds('mbsync', ['--version']),
  },
  {
    name: 'php-cli',
    reason: 'runs the PHP client of the end-to-end tests',
    isPresent: () => succeeds('php', ['--version']),
  },
  {
    name: 'php-imap',
    reason: 'a mail client of the end-to-end tests (c-client, as old webmail uses it)',
    isPresent: () => succeeds('php', ['-r', 'exit(extension_loaded("imap") ? 0 : 1);']),
  },
  {
    name: 'python3',
    reason: 'a mail client of the end-to-end tests (imaplib)',
    isPresent: () => succeeds('python3', ['-c', 'import imaplib']),
  },
  {
    name: 'man-db',
    reason: 'shows the manual pages (man)',
    isPresent: () => succeeds('sh', ['-c', "echo .TH PAGE 8 | man -l - | grep -q 'PAGE(8)'"]),
  },
  {
    name: 'haproxy',
    reason: 'stands before the proxy and tells it its clients (PROXY protocol)',
    isPresent: () => isExecutable('/usr/sbin/haproxy'),
  },
];

const POLICY_FILE = '/usr/sbin/policy-rc.d';

/** The entries of `SYSTEM_PACKAGES` that this machine lacks. */
export function missingSystemPackages() {
  return SYSTEM_PACKAGES.filter((entry) => !entry.isPresent());
}

/** Whether this process may install packages: root on Debian or a descendant. */
export function canInstallSystemPackages() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && succeeds('apt-get', ['--version']);
}

/**
 * Installs `entries` from the Debian archive and starts none of their services: the tests run private
 * servers of their own.
 *
 * @throws SetupError when apt-get fails.
 */
export function installSystemPackages(entries) {
  // With a listener Ctrl-C ends apt-get and not this process, so the policy file does not stay behind.
  const endAfterCleanUp = () => process.exit(130);
  process.once('SIGINT', endAfterCleanUp);
  const isPolicyOurs = denyServiceStarts();
  try {
    aptGet('update');
    aptGet('install', '--yes', '--no-install-recommends', ...entries.map((entry) => entry.name));
  } finally {
    if (isPolicyOurs) rmSync(POLICY_FILE);
    process.off('SIGINT', endAfterCleanUp);
  }
}

/** Debian asks this file before it starts a service; an existing one is the administrator's word and stands. */
function denyServiceStarts() {
  try {
    writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function aptGet(...args) {
  const result = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', '--quiet', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (result.status === 0) return;
  const reason = result.error?.message ?? result.signal ?? `exit code ${result.status}`;
  throw new SetupError(`Cannot install system packages: "apt-get ${args.join(' ')}" ended with ${reason}`);
}

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
