import { connect } from 'node:net';

const limit = 15_000;

export interface RawResponse {
  readonly status: number;
  /** By lower-case name; of several of one name the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What is written to the socket, piece by piece; it may never end. */
export type Pieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * Writes bytes to a server as they are, and reads what it answers until it closes the connection. Writing stops when
 * the answer is there.
 *
 * @throws Error when the connection breaks before there was a whole answer, or fifteen seconds have passed
 */
export async function sendRaw(url: string, pieces: Pieces): Promise<RawResponse> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const received: Buffer[] = [];
  socket.on('data', (bytes) => received.push(bytes));
  socket.setTimeout(limit, () => socket.destroy(new Error(`no end within ${limit} ms`)));
  const closed = new Promise<Error | undefined>((resolve) => {
    let broken: Error | undefined;
    socket.on('error', (error) => (broken = error));
    socket.on('close', () => resolve(broken));
  });
  await write(socket, pieces);
  const broken = await closed;
  return parse(Buffer.concat(received), broken);
}

async function write(socket: ReturnType<typeof connect>, pieces: Pieces): Promise<void> {
  for await (const piece of pieces) {
    if (socket.destroyed || socket.readableEnded) return;
    if (socket.write(piece)) continue;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        for (const event of ['drain', 'close', 'end']) socket.off(event, go);
        resolve();
      };
      for (const event of ['drain', 'close', 'end']) socket.on(event, go);
    });
  }
}

function parse(bytes: Buffer, broken: Error | undefined): RawResponse {
  const text = bytes.toString('latin1');
  const split = text.indexOf('\r\n\r\n');
  if (split < 0) throw broken ?? new Error(`no answer but ${JSON.stringify(text)}`);
  const [start = '', ...lines] = text.slice(0, split).split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = bytes.subarray(split + 4);
  const length = headers.get('content-length');
  if (length !== undefined && body.length < Number(length))
    throw broken ?? new Error(`the answer is cut off after ${body.length} of ${length} bytes`);
  return { status: Number(start.split(' ')[1]), headers, body: body.toString('utf8') };
}
