import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { startPostgres } from './postgres.mjs';
import { clearLeftovers } from './postgres/leftovers.mjs';
import { dataHome } from './postgres/places.mjs';
import { isAlive } from './processes.mjs';

const prefix = 'temporary-postgres-';

/**
 * Starts an embedded Postgres whose data is thrown away when it stops. Several may run at a time,
 * each in a directory named after the process that started it.
 *
 * @returns {Promise<object>} as `startPostgres`; its `stop` also removes the data
 */
export async function startTemporaryPostgres({ signal } = {}) {
  const { directory: home } = dataHome(process.env.DATA_DIR, { withPostgres: true });
  await removeAbandoned(home);
  const place = path.join(home, `${prefix}${process.pid}`);
  mkdirSync(place, { recursive: true, mode: 0o755 });
  const postgres = await startPostgres({
    directory: path.join(place, 'data'),
    durable: false,
    signal,
  });
  const stop = postgres.stop.bind(postgres);
  postgres.stop = async (milliseconds) => {
    await stop(milliseconds);
    rmSync(place, { recursive: true, force: true });
  };
  return postgres;
}

/** What a run that was killed left behind. */
async function removeAbandoned(home) {
  for (const name of readdirSync(home)) {
    if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length)))) continue;
    await clearLeftovers(path.join(home, name, 'data'), () => {});
    rmSync(path.join(home, name), { recursive: true, force: true });
  }
}
