import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgresAccount } from './postgres/account.mjs';
import { postgresBinaries } from './postgres/binaries.mjs';
import { ensureCluster, ownerRole } from './postgres/cluster.mjs';
import { startGuarded } from './postgres/guarded.mjs';
import { clearLeftovers } from './postgres/leftovers.mjs';
import { appRole, ensureDatabase } from './postgres/roles.mjs';

const startAttempts = 5;
const passingTrouble = /pre-existing shared memory block|Address already in use/;

/**
 * Starts the embedded Postgres on loopback and makes sure that it has the database `osm`, owned by
 * its superuser, and the role `osm_app`. It ends when this process ends, even by kill -9.
 *
 * @param {object} options
 * @param {string} options.directory data directory; created when it does not exist
 * @param {boolean} [options.durable] false gives up safety against a power failure for speed
 * @param {number} [options.port] by default a free one
 * @param {AbortSignal} [options.signal]
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<{ownerUrl: string, appUrl: string, port: number, pid: number, guardPid: number,
 *   ended: Promise<void>, stop(milliseconds?: number): Promise<void>, kill(): void}>}
 * @throws {Advice} when it cannot run here; the message says what to do
 */
export async function startPostgres({ directory, durable = true, port, signal, log = () => {} }) {
  const account = postgresAccount();
  const native = postgresBinaries(account, log);
  const passwords = await ensureCluster({ directory, native, account, signal, log });
  await clearLeftovers(directory, log);
  const order = {
    command: path.join(native, 'bin/postgres'),
    uid: account.uid,
    gid: account.gid,
    logFile: `${directory}.log`,
  };
  const running = await startOnPort(order, { directory, durable, port, signal });
  const url = (role, password, database) =>
    `postgresql://${role}:${password}@127.0.0.1:${running.port}/${database}`;
  try {
    const adminUrl = url(ownerRole, passwords.owner, 'postgres');
    await ensureDatabase(adminUrl, { database: 'osm', appPassword: passwords.app });
    signal?.throwIfAborted();
  } catch (error) {
    await running.stop();
    throw error;
  }
  return Object.assign(running, {
    ownerUrl: url(ownerRole, passwords.owner, 'osm'),
    appUrl: url(appRole, passwords.app, 'osm'),
  });
}

async function startOnPort(order, { directory, durable, port, signal }) {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const chosen = port ?? (await freePort());
    try {
      const args = [...settings(directory, durable), '-p', String(chosen)];
      return Object.assign(await startGuarded({ ...order, args }), { port: chosen });
    } catch (error) {
      // Processes of a crashed Postgres take a moment to notice, and a free port may just be taken.
      if (attempt === startAttempts || !passingTrouble.test(error.message)) throw error;
      await sleep(500);
    }
  }
}

/** No database is removed while a client logs in, and one that a test has frozen is never done with it. */
const throwaway = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  authentication_timeout: '5s',
};

function settings(directory, durable) {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : throwaway),
  };
  return [
    '-D',
    directory,
    ...Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
