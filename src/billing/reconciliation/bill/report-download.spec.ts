import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { attackersDns, startTrap, type Trap } from '../../../../test/support/inner-addresses.js';
import { Environment } from '../../../platform/env.js';
import { BillReportClient } from './bill-report.client.js';
import { ReportDownloadClient } from './report-download.client.js';

/** Nothing here comes near it, but for what never ends. */
const LIMITS = { maxBytes: 1_000, timeoutMs: 20_000 };
const MIB = 1024 * 1024;

/** A provider on loopback that answers as the test says. */
let provider: Server;
let answer: RequestListener;
let origin: string;
/** Resolves when the next connection to the provider is gone. */
let connectionEnded: () => Promise<void>;

let open: Environment;
let client: ReportDownloadClient;

beforeAll(async () => {
  provider = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  connectionEnded = () =>
    new Promise((resolve) =>
      provider.once('connection', (socket) => socket.once('close', () => resolve())),
    );
  open = Object.assign(new Environment(), {
    ALLOW_PRIVATE_UPSTREAMS: 'true',
    OPENAI_ADMIN_KEY: 'sk-admin',
    OPENAI_ADMIN_BASE_URL: origin,
  });
});
beforeEach(() => {
  client = new ReportDownloadClient(open);
});
afterEach(() => client.onApplicationShutdown());
afterAll(async () => {
  provider.closeAllConnections();
  await new Promise((resolve) => provider.close(resolve));
});

const text = (limits = LIMITS): Promise<string> =>
  client.text(new URL(`${origin}/costs?page=2`), { authorization: 'Bearer sk-admin' }, limits);

/** The whole report of a provider. */
const report = (): Promise<unknown> =>
  new BillReportClient(open, client).read(
    { providerId: 'openai', origin: 'openai_costs' },
    new Date(0),
    new Date(0),
  );

/** Writes as long as somebody reads. */
const endless: RequestListener = (_request, response) => {
  const piece = Buffer.alloc(64 * 1024, ' ');
  const write = (): void => {
    while (response.write(piece));
  };
  response.on('drain', write).on('error', () => undefined);
  write();
};

describe('a report', () => {
  it('is asked for with the headers that it needs, uncompressed', async () => {
    let asked: unknown;
    answer = ({ url, headers }, response) => {
      asked = { url, ...headers };
      response.end('{"data":[]}');
    };
    expect(await text()).toBe('{"data":[]}');
    expect(asked).toMatchObject({
      url: '/costs?page=2',
      authorization: 'Bearer sk-admin',
      'accept-encoding': 'identity',
    });
  });

  it('may be as large as the limit, and not a byte larger', async () => {
    answer = (_request, response) => response.end('x'.repeat(1_000));
    expect(await text()).toHaveLength(1_000);
    answer = (_request, response) => response.end('x'.repeat(1_001));
    await expect(text()).rejects.toThrow(
      `${origin.slice(7)} gives no cost report: it has more than 1000 bytes`,
    );
  });

  it('that does not end is broken off', async () => {
    answer = endless;
    const ended = connectionEnded();
    await expect(text()).rejects.toThrow('it has more than 1000 bytes');
    await ended;
  });

  it('has 32 MiB at most, on one page', async () => {
    answer = endless;
    await expect(report()).rejects.toThrow(`it has more than ${32 * MIB} bytes`);
  });

  it('has 32 MiB at most, on all its pages', async () => {
    let pages = 0;
    answer = (_request, response) => {
      pages++;
      const page = { data: [], has_more: true, next_page: `p${pages}` };
      response.end(JSON.stringify(page) + ' '.repeat(15 * MIB));
    };
    await expect(report()).rejects.toThrow(
      `the report openai_costs has more than ${32 * MIB} bytes on all its pages`,
    );
    expect(pages).toBe(3);
  });

  it.each<[string, RequestListener]>([
    ['status 503', (_request, response) => void response.writeHead(503).end('{"data":[]}')],
    ['status 204', (_request, response) => void response.writeHead(204).end()],
    [
      'it is encoded as gzip',
      (_request, response) =>
        void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"data":[]}')),
    ],
  ])('is none: %s', async (reason, listener) => {
    answer = listener;
    await expect(text()).rejects.toThrow(`gives no cost report: ${reason}`);
  });

  it('of a refusal without end is not waited for', async () => {
    answer = (request, response) => {
      response.writeHead(500);
      endless(request, response);
    };
    const ended = connectionEnded();
    await expect(text()).rejects.toThrow('status 500');
    await ended;
  });

  it.each<[string, RequestListener]>([
    ['never answers', () => undefined],
    ['stops in the middle', (_request, response) => void response.write('{"data":')],
  ])('of a server that %s is given up', async (_name, listener) => {
    answer = listener;
    await expect(text({ ...LIMITS, timeoutMs: 50 })).rejects.toThrow(
      'gives no cost report: no answer within 50 ms',
    );
  });
});

describe('the inside', () => {
  let trap: Trap;
  beforeEach(async () => void (trap = await startTrap()));
  afterEach(() => trap.close());

  it('is not where a redirect leads', async () => {
    answer = (_request, response) =>
      void response.writeHead(302, { location: `http://127.0.0.1:${trap.port}/` }).end();
    await expect(text()).rejects.toThrow('gives no cost report: status 302');
    expect(trap.connects()).toBe(0);
  });

  it.each(['127.0.0.1', '[::1]', '169.254.169.254', 'loopback.example', 'mixed.example'])(
    '%s is not connected to unless that is allowed',
    async (host) => {
      const guarded = new ReportDownloadClient(new Environment(), attackersDns());
      const url = new URL(`http://${host}:${trap.port}/costs`);
      try {
        await expect(guarded.text(url, {}, LIMITS)).rejects.toThrow(
          'is not a public address (ALLOW_PRIVATE_UPSTREAMS)',
        );
        expect(trap.connects()).toBe(0);
      } finally {
        await guarded.onApplicationShutdown();
      }
    },
  );

  it('is connected to where it is allowed', async () => {
    await expect(
      client.text(new URL(`http://127.0.0.1:${trap.port}/costs`), {}, LIMITS),
    ).rejects.toThrow('gives no cost report');
    expect(trap.connects()).toBe(1);
  });
});
