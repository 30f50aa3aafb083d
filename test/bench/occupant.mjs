/**
 * Takes OCCUPIED_MS of CPU a second, in so many pieces as there are calls of the many: what Postgres and worker take of a
 * core that client and upstream have to share with them here, without doing anything for them.
 */
const PIECES_A_SECOND = 167;
const SECOND_MS = 1_000;
const pieceMs = Number(process.env.OCCUPIED_MS) / PIECES_A_SECOND;

let due = performance.now();
function next() {
  const end = performance.now() + pieceMs;
  while (performance.now() < end);
  due += SECOND_MS / PIECES_A_SECOND;
  setTimeout(next, due - performance.now());
}
next();

process.on('SIGTERM', () => process.exit(0));
process.send({ ready: true });
