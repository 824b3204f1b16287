import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';

const isRoot = process.getuid?.() === 0;

/** Who owns the mail. Dovecot refuses root, so that is Debian's `nobody` and `nogroup` then. */
export const MAIL_OWNER = isRoot
  ? { uid: 65_534, gid: 65_534 }
  : { uid: userInfo().uid, gid: userInfo().gid };

/**
 * The text of `dovecot.conf` (2.3) for a private server on 127.0.0.1 that writes nothing outside `directory`.
 * One login process serves all logins: faster than Debian's fresh process for each, and it logs them in order.
 */
export function dovecotConfig(directory: string, port: number): string {
  return `\
protocols = imap
listen = 127.0.0.1
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = /dev/stderr
ssl = no
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
passdb {
  driver = passwd-file
  args = ${directory}/passwd
}
userdb {
  driver = static
  args = uid=${MAIL_OWNER.uid} gid=${MAIL_OWNER.gid} home=${directory}/mail/%u
}
service imap-login {
  service_count = 0
  process_limit = 1
  process_min_avail = 1
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
${isRoot ? '' : settingsWithoutRoot()}`;
}

/** Without root a server can change neither its user nor its root directory. */
function settingsWithoutRoot(): string {
  const { username } = userInfo();
  // Dovecot takes no number here.
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();
  const users = `default_internal_user = ${username}
default_login_user = ${username}
default_internal_group = ${group}
`;
  const services = ['imap-login', 'anvil', 'stats'].map((name) => `service ${name} {\n  chroot =\n}\n`);
  return users + services.join('');
}
