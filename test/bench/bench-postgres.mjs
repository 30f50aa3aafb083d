import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { startPostgres } from '../../scripts/postgres.mjs';
import { postgresAccount } from '../../scripts/postgres/account.mjs';
import { postgresBinaries } from '../../scripts/postgres/binaries.mjs';
import { ensureCluster } from '../../scripts/postgres/cluster.mjs';
import { dataHome } from '../../scripts/postgres/places.mjs';

const EXTENSION = 'pg_stat_statements';

/**
 * An embedded Postgres with the settings of `npm start`, durable, in a place that goes away with it. It
 * counts its statements where the extension for it came with the packages.
 *
 * @returns {Promise<{place: string, countsStatements: boolean, ownerUrl: string, appUrl: string, pid: number,
 *   stop(): Promise<void>}>}
 */
export async function startBenchPostgres({ signal }) {
  const { directory: home } = dataHome(process.env.DATA_DIR, { withPostgres: true });
  // Named as temporary ones are, whose next start clears away what a killed run left behind.
  const place = path.join(home, `temporary-postgres-${process.pid}`);
  const directory = path.join(place, 'data');
  mkdirSync(place, { recursive: true, mode: 0o755 });
  try {
    const countsStatements = await prepareCluster(directory, signal);
    const postgres = await startPostgres({ directory, signal });
    const stop = async () => {
      await postgres.stop();
      rmSync(place, { recursive: true, force: true });
    };
    const { ownerUrl, appUrl, pid } = postgres;
    return { place, countsStatements, ownerUrl, appUrl, pid, stop };
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    throw error;
  }
}

async function prepareCluster(directory, signal) {
  const account = postgresAccount();
  const log = () => {};
  const native = postgresBinaries(account, log);
  await ensureCluster({ directory, native, account, signal, log });
  if (!existsSync(path.join(native, 'lib/postgresql', `${EXTENSION}.so`))) return false;
  const file = path.join(directory, 'postgresql.conf');
  if (!readFileSync(file, 'utf8').includes(EXTENSION))
    appendFileSync(file, `\nshared_preload_libraries = '${EXTENSION}'\n`);
  return true;
}
