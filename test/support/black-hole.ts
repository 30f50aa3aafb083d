import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** An address at which connecting takes for ever: nothing answers, and nothing refuses. */
export interface BlackHole {
  /** Without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens in a thread that then stands still, and so never takes a connection out of the kernel's short queue. */
const LISTENER = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer();
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;
/** More than the queue has room for; Linux drops what asks for a connection beyond it. */
const FILLERS = 8;

/** Opens one on a free loopback port. */
export async function openBlackHole(): Promise<BlackHole> {
  const worker = new Worker(LISTENER, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  const fillers = Array.from({ length: FILLERS }, () => filler(port));
  // All of them have asked at once, so the queue is full as soon as it has taken one.
  await Promise.race(fillers.map((socket) => once(socket, 'connect')));
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const socket of fillers) socket.destroy();
      await worker.terminate();
    },
  };
}

function filler(port: number): Socket {
  return connect(port, '127.0.0.1').on('error', () => undefined);
}
