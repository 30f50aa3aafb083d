/** `npm start`: from a fresh checkout to a serving gateway, and everything ended again on Ctrl-C. */
import path from 'node:path';
import { prepare } from './install.mjs';
import { dataHome } from './postgres/places.mjs';
import { explain, loadDotEnv } from './project.mjs';
import { holdLock } from './run-lock.mjs';
import { supervise } from './run.mjs';
import { onStopRequest } from './stop-requests.mjs';
import { KeptPart } from './supervisor/kept-part.mjs';
import { ensurePortFree } from './supervisor/port.mjs';
import { StopClock } from './supervisor/stop-clock.mjs';

const begin = performance.now();
const clock = new StopClock();
const stopping = new AbortController();
const log = (line) => console.log(`[gateway] ${line}`);

onStopRequest((reason) => {
  if (stopping.signal.aborted) return clock.hurry();
  log(`stopping (${reason})`);
  clock.start();
  stopping.abort(new Error('stopped'));
  // Whatever hangs: the guard of Postgres and the leashes of the others end what this leaves.
  clock.until(1).then(() => process.exit(1));
});

try {
  await start(stopping.signal);
  process.exit(0);
} catch (error) {
  if (!stopping.signal.aborted) explain(error);
  process.exit(stopping.signal.aborted ? 0 : 1);
}

async function start(signal) {
  loadDotEnv();
  const env = { PORT: '4000', ...process.env };
  env.HOST ||= '127.0.0.1';
  const embedded = !env.DATABASE_URL;
  const { directory: home, moved } = dataHome(env.DATA_DIR, { withPostgres: embedded });
  if (moved) log(`data is kept in ${home}, which Postgres can reach (root cannot run it)`);
  const release = holdLock(home);
  try {
    await ensurePortFree(env.HOST, env.PORT);
    await prepare({ build: true, signal });
    const postgres = embedded ? await launchPostgres(home, signal) : undefined;
    const database = postgres ?? { appUrl: env.DATABASE_URL, ownerUrl: env.DATABASE_OWNER_URL };
    await serve({ env: { ...env, DATA_DIR: home }, database, postgres, signal });
  } finally {
    release();
  }
}

async function serve({ env, database, postgres, signal }) {
  const { appUrl, ownerUrl = appUrl } = database;
  const kept = postgres && keepPostgres(postgres, env.DATA_DIR);
  try {
    const { migrate } = await import('./migrate.mjs');
    const appRole = appUrl === ownerUrl ? undefined : decodeURIComponent(new URL(appUrl).username);
    await orAborted(migrate(ownerUrl, { appRole, log }), signal);
  } catch (error) {
    if (!signal.aborted) clock.start();
    await kept?.stop(clock, 0.9);
    throw error;
  }
  const programs = { ...env, DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl };
  const onReady = (url) =>
    log(`ready: ${url} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  await supervise({ env: programs, postgres: kept, signal, clock, log, onReady });
}

async function launchPostgres(home, signal, port) {
  const { startPostgres } = await import('./postgres.mjs');
  return startPostgres({ directory: path.join(home, 'postgres'), port, signal, log });
}

/** Should Postgres crash, it comes back under the same address. */
function keepPostgres(postgres, home) {
  const { port } = postgres;
  const asPart = (starting) => ({
    ended: starting.then(
      (running) => running.ended.then(() => ({ reason: 'ended' })),
      (error) => ({ reason: `did not start: ${error.message}` }),
    ),
    askToStop: (milliseconds) =>
      starting.then((running) => running.stop(milliseconds)).catch(() => {}),
    kill: () => starting.then((running) => running.kill()).catch(() => {}),
  });
  const start = () => asPart(launchPostgres(home, stopping.signal, port));
  const part = new KeptPart({ name: 'Postgres', start, log });
  part.begin(asPart(Promise.resolve(postgres)));
  return part;
}

function orAborted(promise, signal) {
  promise.catch(() => {}); // When the signal comes first, nobody waits for it any more.
  return Promise.race([
    promise,
    new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
  ]);
}
