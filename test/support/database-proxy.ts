import net from 'node:net';

/** Stands between a process and its database, and can part them. */
export interface DatabaseProxy {
  /** The database's connection string, by way of this. */
  readonly url: string;
  /** Breaks every connection, and each new one at once, as a server that is down. */
  cut(): void;
  /** Connections stay and nothing comes through, as with a server that hangs. */
  freeze(): void;
  /** What the database says arrives so many milliseconds late. */
  slow(milliseconds: number): void;
  /** Ends all of these. */
  mend(): void;
  close(): Promise<void>;
}

type Mode = 'open' | 'cut' | 'frozen';

/** Starts one on a free port. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  let mode: Mode = 'open';
  let delay = 0;
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port || 5432), target.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.on('data', (data) => {
        if (delay === 0 || socket === client) other.write(data);
        else setTimeout(() => other.write(data), delay);
      });
      if (mode === 'frozen') socket.pause();
    }
    if (mode === 'cut') client.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as net.AddressInfo).port);
  return {
    url: url.toString(),
    cut: () => {
      mode = 'cut';
      for (const socket of sockets) socket.destroy();
    },
    freeze: () => {
      mode = 'frozen';
      for (const socket of sockets) socket.pause();
    },
    slow: (milliseconds) => {
      delay = milliseconds;
    },
    mend: () => {
      mode = 'open';
      delay = 0;
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
