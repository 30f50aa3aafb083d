/** `npm run reset`: removes what the gateway has stored: the embedded database and the journals. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runningPostmaster } from './postgres/leftovers.mjs';
import { possibleHomes } from './postgres/places.mjs';
import { Advice, explain, loadDotEnv } from './project.mjs';
import { isAlive } from './processes.mjs';
import { refuseWhileRunning } from './run-lock.mjs';

/** Only what the gateway puts there: DATA_DIR may be a directory that holds other things too. */
const ours = /^(postgres(\.partial|\.log|\.passwords\.json)?|journal|gateway\.lock)$/;
const temporary = /^temporary-postgres-(\d+)$/;

try {
  loadDotEnv();
  const homes = possibleHomes(process.env.DATA_DIR).filter((home) => existsSync(home));
  for (const home of homes) refuseIfInUse(home);
  const removed = homes.flatMap(removeFrom);
  console.log(
    removed.length > 0 ? `Removed:\n  ${removed.join('\n  ')}` : 'There was nothing to remove.',
  );
  if (process.env.DATABASE_URL) {
    console.log('The database of DATABASE_URL was not touched; drop it yourself if you mean to.');
  }
} catch (error) {
  explain(error);
  process.exitCode = 1;
}

function refuseIfInUse(home) {
  refuseWhileRunning(home, 'Stop it, then run `npm run reset` again.');
  const pid = runningPostmaster(path.join(home, 'postgres'));
  if (pid === undefined) return;
  throw new Advice(
    `A Postgres still runs on ${home} (pid ${pid}).\n` +
      `Stop it (kill -INT ${pid}), then run \`npm run reset\` again.`,
  );
}

function removeFrom(home) {
  return readdirSync(home)
    .filter((name) => ours.test(name) || isAbandoned(name))
    .map((name) => path.join(home, name))
    .map((file) => {
      rmSync(file, { recursive: true, force: true });
      return file;
    });
}

/** The database of a test run that was killed. */
function isAbandoned(name) {
  const owner = temporary.exec(name)?.[1];
  return owner !== undefined && !isAlive(Number(owner));
}
