import net from 'node:net';

/** Stands between a process and its database, and can part them. */
export interface DatabaseProxy {
  /** The database's connection string, by way of this. */
  readonly url: string;
  /** Breaks every connection, and each new one at once, as a server that is down. */
  cut(): void;
  /** Connections stay and nothing comes through, as with a server that hangs. */
  freeze(): void;
  /** Through the connections that there are nothing comes any more; others may be opened. */
  strand(): void;
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
  const passage = new Passage();
  const server = net.createServer((client) =>
    passage.join(client, net.connect(Number(target.port || 5432), target.hostname)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as net.AddressInfo).port);
  return {
    url: url.toString(),
    cut: () => passage.turn('cut'),
    freeze: () => passage.turn('frozen'),
    strand: () => passage.strand(),
    slow: (milliseconds) => {
      passage.delay = milliseconds;
    },
    mend: () => {
      passage.delay = 0;
      passage.turn('open');
      passage.dropStranded();
    },
    close: async () => {
      passage.turn('cut');
      passage.dropStranded();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What goes through, both ways. */
class Passage {
  /** Of what the database says, milliseconds. */
  delay = 0;
  private mode: Mode = 'open';
  private readonly sockets = new Set<net.Socket>();
  private readonly stranded: net.Socket[] = [];

  turn(mode: Mode): void {
    this.mode = mode;
    for (const socket of this.sockets) this.treat(socket);
  }

  strand(): void {
    for (const socket of this.sockets) socket.pause();
    this.stranded.push(...this.sockets);
    this.sockets.clear();
  }

  dropStranded(): void {
    for (const socket of this.stranded.splice(0)) socket.destroy();
  }

  join(client: net.Socket, upstream: net.Socket): void {
    this.pass(client, upstream, (data) => upstream.write(data));
    this.pass(upstream, client, (data) => {
      if (this.delay === 0) client.write(data);
      else setTimeout(() => client.write(data), this.delay);
    });
  }

  private pass(socket: net.Socket, other: net.Socket, onData: (data: Buffer) => void): void {
    this.sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      other.destroy();
    });
    socket.on('data', onData);
    if (this.mode !== 'open') this.treat(socket);
  }

  private treat(socket: net.Socket): void {
    if (this.mode === 'cut') socket.destroy();
    else if (this.mode === 'frozen') socket.pause();
    else socket.resume();
  }
}
