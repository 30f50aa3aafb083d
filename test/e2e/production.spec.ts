import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Redis } from 'ioredis';
import { requestRowBySource } from '../support/admin-client.js';
import { auditOf, booksOf, soundBooks } from '../support/books.js';
import {
  chatBody,
  expectErrorBody,
  fetchChat,
  postChat,
  readStream,
} from '../support/chat-client.js';
import { refusalOf } from '../support/connection.js';
import { eventually } from '../support/eventually.js';
import { prepareGateway, startGateway, type TestGateway } from '../support/gateway.js';
import { Program } from '../support/program.js';
import { findRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.js';

const timeLimit = 60_000;

/** Leaves a stream after its first piece, and waits until the queue has looked at the estimate. */
async function leaveAndReconcile(gateway: TestGateway, source: string): Promise<void> {
  const leaving = new AbortController();
  const body = chatBody('[[tokens=5000 rate=50]]', { stream: true });
  const response = await fetchChat(gateway, body, { 'x-source': source }, leaving.signal);
  await response.body?.getReader().read();
  leaving.abort();
  const { id } = await requestRowBySource(gateway, source);
  await eventually(
    () =>
      gateway.database.query(
        `SELECT 1 FROM usage_event WHERE call_id = $1 AND reconciliation = 'no_provider_report'`,
        [id],
      ),
    ({ rowCount }) => rowCount === 1,
  );
}

describe('a database with one role', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ oneRole: true });
  }, timeLimit);
  afterAll(() => gateway.stop());

  it('is enough: calls are answered, posted and reconciled', async () => {
    const { text } = await postChat(gateway, chatBody('Hello'));
    const { id } = JSON.parse(text);
    const books = await eventually(
      () => booksOf(gateway.database, id),
      ({ requests }) => requests === 1,
    );
    expect(books.postings).toHaveLength(4);
    await leaveAndReconcile(gateway, 'one-role');
    expect(await auditOf(gateway.database)).toEqual(soundBooks);
  });
});

const redisProgram = findRedisServer();
if (!redisProgram) console.log('REDIS_URL is not tested: redis-server is not installed.');

(redisProgram ? describe : describe.skip)('REDIS_URL', () => {
  let gateway: TestGateway;
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedisServer(redisProgram ?? '');
    gateway = await startGateway({ environment: { REDIS_URL: redis.url } });
  }, timeLimit);
  afterAll(async () => {
    await gateway.stop();
    await redis.stop();
  });

  it('makes the queue use Redis, and nothing of it is in Postgres', async () => {
    await leaveAndReconcile(gateway, 'redis');
    const client = new Redis(redis.url);
    expect(await client.keys('osm:reconcile-call:*')).not.toEqual([]);
    await client.quit();
    const { rows } = await gateway.database.query(
      `SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'bullmq'`,
    );
    expect(rows).toEqual([{ tables: 0 }]);
  });

  it('may lead nowhere: calls are answered and posted all the same', async () => {
    await redis.stop();
    const { status, text } = await postChat(gateway, chatBody('Without a queue'));
    expect(status).toBe(200);
    await eventually(
      () => booksOf(gateway.database, JSON.parse(text).id),
      ({ requests }) => requests === 1,
    );
  });

  it('may lead nowhere: the processes end in order when they are told to', async () => {
    await redis.stop();
    expect(await Promise.all([gateway.main.program.stop(), gateway.worker.stop()])).toEqual([0, 0]);
  });
});

describe('NODE_ENV=production', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const KEY_ENCRYPTION_KEYS = `k1:${randomBytes(32).toString('base64')}`;
    gateway = await prepareGateway({
      environment: { NODE_ENV: 'production', KEY_ENCRYPTION_KEYS, HOST: '' },
    });
    await gateway.startMain();
  }, timeLimit);
  afterAll(() => gateway.stop());

  it('does not offer the sandbox', async () => {
    const headers = { authorization: `Bearer ${gateway.apiKey}` };
    const models = await (await fetch(`${gateway.url}/v1/models`, { headers })).json();
    expect(models).toEqual({ object: 'list', data: [] });
    for (const model of ['sandbox-small', 'sandbox/sandbox-small', 'gpt-4o']) {
      const { status, text } = await postChat(gateway, chatBody('Hi', { model }));
      expect([status, expectErrorBody(text).code]).toEqual([404, 'no_provider_available']);
    }
    expect(gateway.sandbox.tally()).toEqual([]);
  });

  it('listens on loopback alone, unless HOST says otherwise', async () => {
    const port = Number(new URL(gateway.url).port);
    expect(await refusalOf('127.0.0.1', port)).toBeUndefined();
    // Linux has all of 127.0.0.0/8: who listened on every address would answer here too.
    expect(await refusalOf('127.0.0.2', port)).toMatch(/^ECONNREFUSED$|^EADDRNOTAVAIL$/);
  });
});

describe('SIGTERM', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await prepareGateway({ environment: { DRAIN_TIMEOUT_MS: '4000' } });
    await gateway.startWorker();
  }, timeLimit);
  afterAll(() => gateway.stop());

  it('lets a running stream finish, then main ends by itself', async () => {
    const { program } = await gateway.startMain();
    const body = chatBody('[[id=last tokens=40 rate=40]]', { stream: true });
    const response = await fetchChat(gateway, body);
    program.signal('SIGTERM');
    const { done, frames } = readStream(await response.text());
    expect(done).toBe(true);
    expect(JSON.parse(frames.at(-1) ?? '').usage.completion_tokens).toBe(40);
    expect(await program.ended).toBe(0);
  });

  it('breaks off what does not finish in time, and says so in the stream', async () => {
    const { program } = await gateway.startMain({ DRAIN_TIMEOUT_MS: '300' });
    const body = chatBody('[[tokens=5000 rate=20]]', { stream: true });
    const response = await fetchChat(gateway, body);
    const callId = response.headers.get('x-osm-request-id') ?? '';
    program.signal('SIGTERM');
    const { done, frames } = readStream(await response.text());
    expect([done, expectErrorBody(frames.at(-1) ?? '').code]).toEqual([false, 'overloaded']);
    expect(await program.ended).toBe(0);
    await eventually(
      () => booksOf(gateway.database, callId),
      ({ requests }) => requests === 1,
    );
  });

  it('ends the worker after it has posted what was there', async () => {
    const { program } = await gateway.startMain();
    const { text } = await postChat(gateway, chatBody('The last one'));
    gateway.worker.signal('SIGTERM');
    expect(await gateway.worker.ended).toBe(0);
    const { requests } = await booksOf(gateway.database, JSON.parse(text).id);
    expect(requests).toBe(1);
    expect(await program.stop()).toBe(0);
  });
});

describe('a start that cannot succeed', () => {
  const programs: Program[] = [];
  let silent: Server;
  /** It gives up after seconds, while others are started. */
  let patient: Program;

  beforeAll(async () => {
    silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    patient = start('dist/main.js', { DATABASE_URL: `postgres://a:b@127.0.0.1:${port}/osm` });
  });
  afterAll(async () => {
    await Promise.all(programs.map((program) => program.kill()));
    silent.close();
  });

  function start(script: string, environment: Record<string, string>): Program {
    const settings = { LOG_LEVEL: 'info', PORT: '0', DATA_DIR: '/nonexistent' };
    const program = new Program(script, { ...settings, ...environment });
    programs.push(program);
    return program;
  }

  it.each(['dist/main.js', 'dist/worker.js', 'dist/seed.js'])(
    'ends %s when nothing listens at DATABASE_URL, and says so',
    async (script) => {
      const url = 'postgres://somebody:password-1234@127.0.0.1:1/osm';
      const program = start(script, { DATABASE_URL: url });
      expect(await program.ended).toBe(1);
      expect(program.output).toMatch(/(ECONNREFUSED|reach database server at) 127\.0\.0\.1:1\b/);
      expect(program.output.length).toBeLessThan(2_000);
      expect(program.output).not.toContain('password-1234');
    },
  );

  it.each(['dist/main.js', 'dist/worker.js', 'dist/seed.js'])(
    'of %s in production says that it needs KEY_ENCRYPTION_KEYS',
    async (script) => {
      const program = start(script, {
        NODE_ENV: 'production',
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/osm',
      });
      expect(await program.ended).toBe(script === 'dist/seed.js' ? 1 : 78);
      expect(program.output).toContain('KEY_ENCRYPTION_KEYS: must be set in production');
    },
  );

  it.each(['dist/main.js', 'dist/worker.js'])(
    'of %s names every setting that is wrong, and is not to be repeated',
    async (script) => {
      const program = start(script, {
        DATABASE_URL: 'mysql://x',
        PORT: 'http',
        REDIS_URL: 'x',
        HOT_LANE: 'maybe',
      });
      expect(await program.ended).toBe(78);
      for (const name of ['DATABASE_URL', 'PORT', 'REDIS_URL', 'HOT_LANE'])
        expect(program.output).toContain(`${name}: `);
    },
  );

  it('ends main when the database lets nobody in, instead of hanging', async () => {
    expect(await patient.ended).toBe(1);
    expect(patient.output).toMatch(/timeout|timed out/i);
  });
});
