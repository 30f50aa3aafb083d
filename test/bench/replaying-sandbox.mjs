/**
 * The upstream of the bench: what the sandbox once said to a request it says to every one like it, at the pace that the
 * request asks for. The sandbox itself is a whole HTTP server that reads, tallies and composes; it had three times the
 * rate of what is measured, and shared a core with the load.
 */
import { createServer } from 'node:net';
import { record } from './recording.mjs';
import { RequestReader } from './request-reader.mjs';

const sandbox = new URL(process.env.REPLAYED_SANDBOX);
/** A run asks a few dozen things; more would be requests that are never alike. */
const MOST_KNOWN = 1_000;
/** Recordings, and promises of them, by the text of the request. */
const known = new Map();

const server = createServer({ noDelay: true }, (socket) => {
  const reader = new RequestReader();
  let timer;
  socket.on('data', (bytes) => {
    for (const request of reader.take(bytes)) {
      const recording = known.get(request.text) ?? remember(request);
      if (!(recording instanceof Promise)) play(recording);
      else recording.then(play, (error) => socket.destroy(error));
    }
  });
  socket.on('error', () => {}); // Clients leave.
  socket.on('close', () => clearTimeout(timer));

  function play({ pieces, intervalMs }) {
    socket.write(pieces[0]);
    if (pieces.length === 1) return;
    const startedAt = performance.now();
    let at = 1;
    const next = () => {
      socket.write(pieces[at++]);
      if (at < pieces.length) wait();
    };
    const wait = () => {
      timer = setTimeout(next, startedAt + at * intervalMs - performance.now());
    };
    wait();
  }
});

function remember(request) {
  if (known.size === MOST_KNOWN) known.clear();
  const recorded = record(sandbox, request).then((recording) => {
    known.set(request.text, recording);
    return recording;
  });
  known.set(request.text, recorded);
  return recorded;
}

server.listen(0, '127.0.0.1', () => {
  process.send({ listening: `http://127.0.0.1:${server.address().port}` });
});
process.on('SIGTERM', () => process.exit(0));
