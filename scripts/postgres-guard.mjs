/**
 * The parent of an embedded Postgres. It holds one end of a pipe whose other end is in the process
 * that wanted the database: when that process ends, in whatever way, the pipe ends and Postgres is
 * stopped. Started by `postgres.mjs` with the order as JSON in its only argument:
 *   {command, args, uid?, gid?, logFile}
 *
 * It answers with JSON lines: {"pid"} at once, {"ready": true} when Postgres accepts connections,
 * {"failed": "<last lines of the log>"} when Postgres ended before that.
 */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

const order = JSON.parse(process.argv[2]);
const gracePeriod = 5_000;
const keptLines = 30;

const postgres = spawn(order.command, order.args, {
  uid: order.uid,
  gid: order.gid,
  cwd: '/',
  stdio: ['ignore', 'ignore', 'pipe'],
  detached: true,
});
const log = createWriteStream(order.logFile, { mode: 0o600 });
const lastLines = [];
let ready = false;
let lastWords = '';

answer({ pid: postgres.pid });
postgres.stderr.on('data', readLog);
postgres.once('error', (error) => finish(error.message));
postgres.once('close', () => finish(lastLines.join('\n')));

process.stdout.on('error', () => {}); // The reader may be gone; standard input tells.
process.stdin.on('error', () => stopPostgres());
process.stdin.on('data', (chunk) => (lastWords += chunk));
process.stdin.once('end', () => stopPostgres());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopPostgres());

/** A fast shutdown; whoever ended the pipe may have written how many milliseconds it may take. */
function stopPostgres() {
  postgres.kill('SIGINT');
  setTimeout(() => postgres.kill('SIGKILL'), Number.parseInt(lastWords, 10) || gracePeriod);
}

function readLog(chunk) {
  log.write(chunk);
  lastLines.push(...String(chunk).trimEnd().split('\n'));
  if (!ready && lastLines.some((line) => line.includes('ready to accept connections'))) {
    ready = true;
    answer({ ready });
  }
  lastLines.splice(0, lastLines.length - keptLines);
}

function answer(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function finish(reason) {
  if (!ready) answer({ failed: reason });
  log.end(() => process.exit(ready ? 0 : 1));
}
