import { closeSync, constants, openSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

const LOCK_FILE = 'writer.sock';
/** Longest path that every system takes for a Unix socket, in bytes. */
const MAX_SOCKET_PATH = 100;

export interface WriterLock {
  /** Gives the lock up; a process that dies loses it without being asked. */
  release(): Promise<void>;
}

/**
 * Holds the lock of a journal folder: a listening Unix socket. The kernel closes it when the process is gone, after
 * its last system call, whatever the reason; a stopped process still holds it.
 * @throws Error EADDRINUSE if another living process holds it.
 */
export async function holdWriterLock(folder: string): Promise<WriterLock> {
  const server = await listen(folder).catch(async (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || (await isWriterAlive(folder)))
      throw error;
    // The socket file outlived its process.
    await unlink(join(folder, LOCK_FILE));
    return listen(folder);
  });
  server.unref();
  return {
    release: async () => {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await unlink(join(folder, LOCK_FILE)).catch(() => undefined);
    },
  };
}

async function listen(folder: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  const path = socketPath(folder);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path.value, () => resolve());
    });
    return server;
  } finally {
    path.close();
  }
}

/** Whether a living process holds the lock of a journal folder. Anything but a clear refusal counts as yes. */
export async function isWriterAlive(folder: string): Promise<boolean> {
  const path = socketPath(folder);
  try {
    return await new Promise<boolean>((resolve) => {
      const socket = connect(path.value, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
      });
    });
  } finally {
    path.close();
  }
}

/** A long folder name is reached through its open descriptor, which is short. */
function socketPath(folder: string): { readonly value: string; close(): void } {
  const direct = join(folder, LOCK_FILE);
  if (Buffer.byteLength(direct) <= MAX_SOCKET_PATH || process.platform !== 'linux') {
    return { value: direct, close: () => undefined };
  }
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { value: `/proc/self/fd/${descriptor}/${LOCK_FILE}`, close: () => closeSync(descriptor) };
}
