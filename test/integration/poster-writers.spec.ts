import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JournalRecord } from '../../src/billing/journal/journal-record.js';
import { JournalWriter } from '../../src/billing/journal/journal.writer.js';
import { writeJournal } from '../support/journal-files.js';
import { PosterStage } from '../support/poster-stage.js';
import { faultsOf } from '../support/quotas.js';
import { until } from '../support/tenant.js';

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

describe('a writer that lives', () => {
  it('is posted while it writes, and its segments go', async () => {
    const writer = new JournalWriter(stage.environment);
    await writer.onModuleInit();
    stage.poster.onApplicationBootstrap();
    await writer.append(stage.open('long'));
    for (let at = 0; at < 1_000; at += 100)
      await Promise.all(stage.many(100, at).map((record) => writer.append(record)));
    await until(async () => (await stage.events()).length === 1_000, 'posting');
    await writer.append(stage.close('long', '1'));
    await writer.append(stage.close('last', '1'));
    await until(async () => (await stage.spent()) === '3', 'posting the rest');
    const [name = ''] = readdirSync(join(stage.data, 'journal')).filter(
      (entry) => !entry.endsWith('.sock'),
    );
    await until(
      () =>
        readdirSync(stage.folderOf(name)).filter((file) => file.endsWith('.journal')).length === 1,
      'dropping segments',
    );
    await writer.onApplicationShutdown();
    await until(() => stage.isEmpty(), 'removing the journal');
    expect(stage.queued).toEqual([]);
  });

  it('is not closed by the poster, however long its call takes', async () => {
    const writer = new JournalWriter(stage.environment);
    await writer.onModuleInit();
    await writer.append(stage.open('long'));
    stage.poster.onApplicationBootstrap();
    // Between the ends of two others the poster has looked at every journal once at least.
    for (const other of ['first', 'second']) {
      writeJournal(stage.folderOf(other), [[stage.open(other), stage.close(other, '0.5')]]);
      await until(() => !existsSync(stage.folderOf(other)), `the end of the ${other}`);
    }
    const others = [
      ['first', '0.5', 'final'],
      ['second', '0.5', 'final'],
    ];
    expect(await stage.events()).toEqual(others);
    expect(stage.queued).toEqual([]);
    await writer.append(stage.close('long', '1'));
    await until(async () => (await stage.events()).length === 3, 'posting');
    expect(await stage.events()).toEqual([others[0], ['long', '1', 'final'], others[1]]);
    await writer.onApplicationShutdown();
  });
});

describe('a writer that died', () => {
  it('has its open calls closed at their last progress, as estimates that are queued', async () => {
    writeJournal(stage.folderOf('w'), [
      [
        stage.open('paid'),
        stage.open('half'),
        stage.open('none'),
        stage.progress('half', '0.1'),
        stage.progress('half', '0.25'),
        stage.close('paid', '2'),
      ],
    ]);
    await stage.postAll();
    expect(await stage.events()).toEqual([
      ['half', '0.25', 'estimate'],
      ['none', '0', 'estimate'],
      ['paid', '2', 'final'],
    ]);
    expect(await stage.spent()).toBe('2.25');
    expect(stage.queued.sort()).toEqual([stage.id('half'), stage.id('none')]);
  });

  it('is read to its end before it is buried, though whole segments hold no close', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `c${at}`);
    const segments: JournalRecord[][] = [
      names.map((name) => stage.open(name)),
      names.map((name) => stage.progress(name, '0.000001')),
      names.map((name) => stage.close(name, '0.5')),
    ];
    writeJournal(stage.folderOf('w'), segments);
    await stage.postAll();
    expect(await stage.events()).toEqual([...names].sort().map((name) => [name, '0.5', 'final']));
    expect(await stage.spent()).toBe('20');
    expect(stage.queued).toEqual([]);
  });
});
