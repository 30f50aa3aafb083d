import type { Socket } from 'node:net';

/** How often in the time that a client has its connection is looked at. */
const LOOKS = 6;

/** What a connection still had to send when it was looked at, and since when no byte of it has moved. */
interface Backlog {
  readonly bytes: number;
  readonly queued: number;
  readonly since: number;
}

/**
 * Cuts the connections of clients that do not read what they are sent. One look at all connections every few seconds,
 * as a timer for every answer would cost each of them. A connection with nothing to send, whose answer is still to come,
 * may be quiet for as long as it likes.
 */
export class StalledClients {
  private readonly backlogs = new Map<Socket, Backlog>();

  constructor(
    private readonly connections: ReadonlySet<Socket>,
    private readonly limitMs: number,
  ) {}

  /** Looks from now on. Keeps no process alive. */
  watch(): void {
    setInterval(() => this.look(performance.now()), this.limitMs / LOOKS).unref();
  }

  /** Destroys the connections of which no byte has left for the time that they have. `now` is monotonic, ms. */
  look(now: number): void {
    for (const socket of this.backlogs.keys())
      if (!this.connections.has(socket) || socket.writableLength === 0)
        this.backlogs.delete(socket);
    for (const socket of this.connections) {
      const bytes = socket.writableLength;
      if (bytes === 0) continue;
      const queued = queuedOf(socket);
      const before = this.backlogs.get(socket);
      if (before?.bytes !== bytes || before.queued !== queued)
        this.backlogs.set(socket, { bytes, queued, since: now });
      else if (now - before.since >= this.limitMs) socket.destroy();
    }
  }
}

/**
 * Bytes that the operating system has not taken yet. The only figure that moves within one long write, which counts in
 * `writableLength` until its last byte is gone; Node looks at the same one for the timeout of a socket.
 */
function queuedOf(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  const size: unknown =
    typeof handle === 'object' && handle !== null
      ? Reflect.get(handle, 'writeQueueSize')
      : undefined;
  return typeof size === 'number' ? size : 0;
}
