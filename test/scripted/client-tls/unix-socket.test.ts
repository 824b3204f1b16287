import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer, connect as netConnect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Directives } from '../../support/daemon-process.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { InProcessProxy } from '../../support/in-process-proxy.ts';
import { PASSWORD, type ProxiedServer, parkOne, startProxied, USER } from '../../support/proxied-server.ts';
import { runProgram } from '../../support/run-program.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { identifiedServer, idsIn } from './identified-server.ts';

function socketPath(): string {
  const directory = new TempDirectory('unix');
  onTestFinished(() => directory.remove());
  return `${directory.path}/imap.sock`;
}

function start(path: string, directives: Directives = {}): Promise<ProxiedServer> {
  return startProxied(undefined, { directives: { listen_unix: path, ...directives } });
}

async function connect(path: string): Promise<ImapClient> {
  const client = ImapClient.over(netConnect({ path, allowHalfOpen: true }));
  await client.readGreeting();
  return client;
}

describe('listen_unix', () => {
  it('serves programs on this host as listen_port does, from the same parked connections', async () => {
    const setup = await start(socketPath());
    await parkOne(setup.proxy);

    const client = await connect(setup.proxy.unixPath);
    await client.login(USER, PASSWORD);
    expect((await client.command('NOOP')).status).toBe('OK');
    await client.logout();

    await setup.proxy.waitForPool({ parked: 1, leased: 0, resetting: 0 });
    expect(setup.upstreams()).toHaveLength(1);
    const [, login] = setup.proxy.log('login');
    expect(login).toMatchObject({ client: 'unix', reused: true });
  });

  it.each([
    [{}, 0o660],
    [{ listen_unix_mode: '0600' }, 0o600],
    [{ listen_unix_mode: '777' }, 0o777],
  ])('has the permissions that are wanted (%j)', async (directives, mode) => {
    const path = socketPath();
    await start(path, directives);
    expect(statSync(path).mode & 0o777).toBe(mode);
    expect(statSync(path).isSocket()).toBe(true);
  });

  it('is gone with the daemon', async () => {
    const path = socketPath();
    const { proxy } = await start(path);
    await proxy.stop();
    expect(existsSync(path)).toBe(false);
  });

  it('takes the place of what a daemon that died has left', async () => {
    const path = socketPath();
    const listen = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    await expect(runProgram(process.execPath, ['-e', listen])).rejects.toThrow(/SIGKILL/);
    expect(existsSync(path)).toBe(true);

    await start(path);

    const client = await connect(path);
    await client.logout();
  });

  it('leaves a daemon alone that lives', async () => {
    const path = socketPath();
    const other = createServer((socket) => void socket.destroy()).listen(path);
    onTestFinished(() => void other.close());
    await once(other, 'listening');

    await expect(InProcessProxy.start(1, { directives: { listen_unix: path } })).rejects.toMatchObject({
      code: 'SOCKET_FILE',
      message: `Cannot listen on ${path}: another process listens there`,
    });

    expect(existsSync(path)).toBe(true);
    await once(netConnect(path), 'connect');
  });

  it('gives its other ports back when it cannot have the socket', async () => {
    const path = socketPath();
    writeFileSync(path, 'no socket');
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as { readonly port: number };
    probe.close();
    await once(probe, 'close');

    await expect(
      InProcessProxy.start(1, { directives: { listen_unix: path, listen_port: port } }),
    ).rejects.toThrow(/there is a file that is no socket$/);

    const again = createServer().listen(port, '127.0.0.1');
    await once(again, 'listening');
    again.close();
  });

  it('is no matter of allow_networks and deny_networks', async () => {
    const { proxy } = await start(socketPath(), {
      allow_networks: '192.0.2.1',
      deny_networks: '0.0.0.0/0 ::/0',
    });
    const client = await connect(proxy.unixPath);
    await client.login(USER, PASSWORD);
    await client.logout();
  });

  it('counts as this host for admin_networks', async () => {
    const path = socketPath();
    const { proxy } = await start(path, { enable_admin_commands: true, admin_networks: '127.0.0.1' });
    const client = await connect(proxy.unixPath);
    expect((await client.command('XPROXY_DUMPICC')).status).toBe('OK');
    await client.logout();
  });

  it('is not in admin_networks where this host is not', async () => {
    const path = socketPath();
    const { proxy } = await start(path, { enable_admin_commands: true, admin_networks: '192.0.2.1' });
    const client = await connect(proxy.unixPath);
    expect((await client.command('XPROXY_DUMPICC')).status).toBe('BAD');
    await client.logout();
  });

  it('has no address to tell the server', async () => {
    const directives = { listen_unix: socketPath(), forward_client_address: 'login' };
    const setup = await startProxied(identifiedServer, { directives });
    const client = await connect(setup.proxy.unixPath);
    await client.login(USER, PASSWORD);
    await client.logout();
    const [session] = setup.proxy.log('login').map(({ session: id }) => id);
    expect(idsIn(await setup.upstream(0))).toEqual([{ 'x-session-id': session, 'x-proxy-ttl': '5' }]);
  });
});
