import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { Logger } from '@nestjs/common';
import { JournalWriter } from '../../src/billing/journal/journal.writer.js';
import { writeJournal } from '../support/journal-files.js';
import { PosterStage } from '../support/poster-stage.js';
import { faultsOf } from '../support/quotas.js';
import { connect, until } from '../support/tenant.js';

let stage: PosterStage;

beforeAll(async () => {
  stage = await PosterStage.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());
afterEach(async () => {
  await stage.poster.onApplicationShutdown();
  expect(await faultsOf(stage.rows)).toEqual([]);
  await stage.end();
});

describe('Postgres that is away', () => {
  const connections = (allowed: boolean) =>
    stage.rows.query(`SELECT set_config('x.y', '', false)`).then(async () => {
      const server = connect(process.env['TEST_DATABASE_URL'] ?? '');
      const name = new URL(stage.database.url).pathname.slice(1);
      await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${allowed}`);
      if (!allowed)
        await server.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()
             AND usename = $2`,
          [name, new URL(stage.database.appUrl).username],
        );
      await server.close();
    });

  it('delays posting, and loses and doubles nothing', async () => {
    const writer = new JournalWriter(stage.environment);
    await writer.onModuleInit();
    stage.poster.onApplicationBootstrap();
    await Promise.all(stage.many(10).map((record) => writer.append(record)));
    await until(async () => (await stage.events()).length === 10, 'posting');
    await connections(false);
    const warned = jest.spyOn(Logger.prototype, 'error');
    await Promise.all(stage.many(10, 10).map((record) => writer.append(record)));
    await until(() => warned.mock.calls.length > 1, 'failing');
    await Promise.all(stage.many(10, 20).map((record) => writer.append(record)));
    await connections(true);
    await until(async () => (await stage.events()).length === 30, 'posting the rest');
    expect(await stage.spent()).toBe('0.03');
    expect(await stage.rejects()).toEqual([]);
    await writer.onApplicationShutdown();
  });
});

describe('a second poster on the machine', () => {
  it('waits until the first one is gone', async () => {
    stage.poster.onApplicationBootstrap();
    await until(() => existsSync(join(stage.data, 'journal', 'writer.sock')), 'holding');
    const second = stage.makePoster();
    const before = stage.queued;
    second.onApplicationBootstrap();
    writeJournal(stage.folderOf('w'), [[stage.close('c1')]]);
    await until(() => stage.isEmpty(), 'posting');
    await stage.poster.onApplicationShutdown();
    writeJournal(stage.folderOf('v'), [[stage.close('c2')]]);
    await until(async () => (await stage.events()).length === 2, 'taking over');
    await second.onApplicationShutdown();
    expect(before).toEqual([]);
  });
});
