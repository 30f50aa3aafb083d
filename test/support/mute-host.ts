import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A host that takes connections and says nothing, so that TLS is never agreed on and no request goes out. */
export interface MuteHost {
  /** An https address, without a trailing slash. */
  readonly url: string;
  /** Resolves when the first connection has come. */
  readonly connected: Promise<unknown>;
  close(): Promise<void>;
}

/** Starts it on a free loopback port. */
export async function startMuteHost(): Promise<MuteHost> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  const connected = once(server, 'connection');
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connected,
    close: async () => {
      const closed = once(server.close(), 'close');
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
