import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Logger } from '@nestjs/common';
import { ClosableQueue, ClosableWorker } from '../../src/platform/queue-close.adapter.js';
import { findRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.js';

const KEEPER = path.resolve(import.meta.dirname, '../support/queue-keeper.ts');
const LOADER = path.resolve(import.meta.dirname, '../../scripts/typescript-loader.mjs');

const redisProgram = findRedisServer();
if (!redisProgram) console.log('Closing queues is not tested: redis-server is not installed.');

(redisProgram ? describe : describe.skip)('closing a queue and its worker', () => {
  let redis: RedisServer;
  let queue: ClosableQueue;
  let worker: ClosableWorker;
  let finish: () => void;
  let said: string[];

  beforeEach(async () => {
    said = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((text) => void said.push(String(text)));
    redis = await startRedisServer(redisProgram ?? '');
    const connection = {
      url: redis.url,
      enableOfflineQueue: false,
      maxRetriesPerRequest: null,
    };
    const finished = new Promise<void>((resolve) => (finish = resolve));
    queue = new ClosableQueue('closed', { connection });
    worker = new ClosableWorker('closed', () => finished, { connection });
    queue.on('error', () => undefined);
    worker.on('error', () => undefined);
    await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  });
  afterEach(async () => {
    finish();
    await redis.stop();
    jest.restoreAllMocks();
  });

  const close = (): Promise<unknown> => Promise.all([worker.close(), queue.close()]);
  async function startJob(): Promise<void> {
    const active = new Promise((resolve) => worker.once('active', resolve));
    await queue.add('job', {});
    await active;
  }

  it('waits for the job that runs', async () => {
    await startJob();
    const ends: string[] = [];
    worker.on('completed', () => ends.push('job'));
    const closed = worker.close().then(() => ends.push('worker'));
    // More than two seconds of answers, told by the questions that come in.
    const asked = jest.spyOn(worker.getBackend(), 'isMaxed');
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (asked.mock.calls.length <= 10) return;
        clearInterval(timer);
        resolve();
      }, 20);
    });
    expect(ends).toEqual([]);
    finish();
    await closed;
    await queue.close();
    expect([ends, said]).toEqual([['job', 'worker'], []]);
  });

  it.each([
    ['was killed', (): Promise<void> => redis.stop()],
    ['no longer answers', (): Promise<void> => redis.freeze()],
  ])('ends where their server %s, also with a job that runs', async (_name, end) => {
    await startJob();
    await end();
    await close();
    expect(said).toContain('queue closed is broken off: its server does not answer');
  });

  it('ends where their server was killed before', async () => {
    const lost = new Promise((resolve) => worker.once('ioredis:close', () => resolve(undefined)));
    await redis.stop();
    await lost;
    await close();
    // Whether it was asked in vain, or BullMQ's own end came first by an error.
    for (const line of said) expect(line).toMatch(/^queue closed is broken off: /);
  });
});

/** Has a program lose its Redis, and close its queue and worker; gives how it ended. */
async function endWithoutRedis(work: string): Promise<unknown[]> {
  const redis = await startRedisServer(redisProgram ?? '');
  const options = { execArgv: ['--import', LOADER], silent: true };
  const program = fork(KEEPER, [redis.url, work], options);
  try {
    const ended = once(program, 'exit');
    expect(await Promise.race([once(program, 'message'), ended])).toEqual(['ready', undefined]);
    await redis.stop();
    program.send('close');
    return await ended;
  } finally {
    program.kill('SIGKILL');
    await redis.stop();
  }
}

(redisProgram ? describe : describe.skip)('a process without its Redis', () => {
  it('ends by itself once its queue and worker are closed, with a job that runs and idle', async () => {
    const ends = ['with a job that runs', 'idle'].map(endWithoutRedis);
    expect(await Promise.all(ends)).toEqual([
      [0, null],
      [0, null],
    ]);
  });
});
