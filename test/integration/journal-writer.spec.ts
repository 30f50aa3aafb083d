import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { decodeLine } from '../../src/billing/journal/journal-line.js';
import { HIDDEN, JournalWriter, SEGMENT_BYTES } from '../../src/billing/journal/journal.writer.js';
import { readSegment } from '../../src/billing/journal/segment.adapter.js';
import { isWriterAlive } from '../../src/billing/journal/writer-lock.adapter.js';
import { Environment } from '../../src/platform/env.js';
import { closeOf, openOf } from '../support/journal.js';
import { Script } from './scripts/processes.js';

let data: string;
let writer: JournalWriter;

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'writer-'));
  writer = new JournalWriter(Object.assign(new Environment(), { DATA_DIR: data }));
  await writer.onModuleInit();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await writer.onApplicationShutdown();
  rmSync(data, { recursive: true, force: true });
});

const root = () => join(data, 'journal');
const folder = () => join(root(), readdirSync(root())[0] ?? '');
const segments = () =>
  readdirSync(folder())
    .filter((name) => name.endsWith('.journal'))
    .sort()
    .map((name) => join(folder(), name));

/** [sequence, call] of every line; a line that cannot be read is an error. */
function written(): [number, string][] {
  return segments().flatMap((file) => {
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.pop()).toBe('');
    return lines.map((text): [number, string] => {
      const line = decodeLine(text);
      if (!line) throw new Error(`damaged: ${text}`);
      return [line.sequence, line.record.call];
    });
  });
}

const names = (count: number, prefix = 'c') =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`);

describe('JournalWriter', () => {
  it('has what it promised on the disk when the promise resolves', async () => {
    await writer.append(openOf('c1'));
    expect(written()).toEqual([[1, 'c1']]);
  });

  it('writes a record after a quiet while at once', async () => {
    const appended = ['c1', 'c2', 'c3'].map((call) => writer.append(openOf(call)));
    expect(written()[0]).toEqual([1, 'c1']);
    await Promise.all(appended);
    expect(written().map(([, call]) => call)).toEqual(['c1', 'c2', 'c3']);
  });

  it('keeps the order in which it was asked, over batches and segments', async () => {
    const calls = names(6_000);
    const appended = calls.map((call, at) =>
      at % 3 === 0
        ? new Promise<void>((resolve) => setImmediate(resolve)).then(() => call)
        : writer.append(closeOf(call)).then(() => call),
    );
    const order = await Promise.all(appended);
    const kept = calls.filter((_call, at) => at % 3 !== 0);
    expect(order).toHaveLength(6_000);
    expect(written()).toEqual(kept.map((call, at) => [at + 1, call]));
    await writer.append(closeOf('late'));
    expect(segments().length).toBe(2);
    expect(written().at(-1)).toEqual([kept.length + 1, 'late']);
  });

  it('turns to the next segment when one is full', async () => {
    const calls = names(6_000);
    for (let at = 0; at < calls.length; at += 50)
      await Promise.all(calls.slice(at, at + 50).map((call) => writer.append(closeOf(call))));
    const sizes = segments().map((file) => statSync(file).size);
    expect(sizes.length).toBeGreaterThan(2);
    for (const size of sizes.slice(0, -1)) {
      expect(size).toBeGreaterThanOrEqual(SEGMENT_BYTES);
      expect(size).toBeLessThan(SEGMENT_BYTES + 50 * 1024);
    }
    expect(written().map(([, call]) => call)).toEqual(calls);
  });

  it('shows itself to the poster only once it is held', async () => {
    expect(readdirSync(root()).filter((name) => name.startsWith(HIDDEN))).toEqual([]);
    expect(await isWriterAlive(folder())).toBe(true);
  });

  it('writes what waits at shutdown, gives its lock up, and takes no more', async () => {
    const appended = ['written', 'waiting'].map((call) => writer.append(closeOf(call)));
    await writer.onApplicationShutdown();
    await Promise.all(appended);
    expect(written().map(([, call]) => call)).toEqual(['written', 'waiting']);
    expect(await isWriterAlive(folder())).toBe(false);
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    await expect(writer.append(closeOf('after'))).rejects.toMatchObject({
      code: 'ledger_unavailable',
    });
    expect(written()).toHaveLength(2);
  });
});

/** What a program prints as its result, once it has ended. */
async function resultOf(program: string, environment: Record<string, string>) {
  const child = Script.module(program, environment);
  const [, result = ''] = await child.printed(/RESULT(.*)END/);
  await child.ended;
  return JSON.parse(result);
}

/** Appends two records and tells when they were synced: how often until they were in the file, and how often at last. */
const SYNCED = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { fdatasync } = fs;
  let syncs = 0;
  const synced = new Promise((resolve) => {
    fs.fdatasync = (file, done) => {
      syncs++;
      fdatasync(file, (error) => {
        done(error);
        resolve();
      });
    };
  });
  syncBuiltinESMExports();
  await import(scripts + '/typescript-loader.mjs');
  const { JournalWriter } = await import(scripts + '/../src/billing/journal/journal.writer.ts');
  const { closeOf } = await import(scripts + '/../test/support/journal.ts');
  const writer = new JournalWriter({ DATA_DIR: process.env.DATA_DIR });
  await writer.onModuleInit();
  await Promise.all(['x', 'y'].map((call) => writer.append(closeOf(call))));
  const early = syncs;
  const alive = setInterval(() => undefined, 1_000);
  await synced;
  clearInterval(alive);
  console.log('RESULT' + JSON.stringify([early, syncs]) + 'END');
  await writer.onApplicationShutdown();
`;

describe('what was written', () => {
  it('is synced after a while, all of it at once, and no answer waits for that', async () => {
    expect(await resultOf(SYNCED, { DATA_DIR: data })).toEqual([0, 1]);
  });
});

/**
 * A process whose files may not grow: the kernel writes in part and refuses the rest, as a full disk does. It writes
 * `before`, then one by itself and three together, of which there is room for one and a half, then, with room again,
 * `after`.
 */
const ON_A_FULL_DISK = `
  import { execFileSync } from 'node:child_process';
  import { readdirSync, statSync } from 'node:fs';
  import { join } from 'node:path';
  process.on('SIGXFSZ', () => undefined);
  await import(scripts + '/typescript-loader.mjs');
  const { JournalWriter } = await import(scripts + '/../src/billing/journal/journal.writer.ts');
  const { closeOf } = await import(scripts + '/../test/support/journal.ts');
  const writer = new JournalWriter({ DATA_DIR: process.env.DATA_DIR });
  await writer.onModuleInit();
  const root = join(process.env.DATA_DIR, 'journal');
  const folder = join(root, readdirSync(root).find((name) => name !== process.env.OTHER));
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.journal')));
  const limit = (bytes) => execFileSync('prlimit', ['--pid=' + process.pid, '--fsize=' + bytes + ':unlimited']);
  await writer.append(closeOf('before'));
  const { size } = statSync(file);
  limit(Math.floor(size * 3.5));
  const appended = await Promise.allSettled(['w', 'x', 'y', 'z'].map((call) => writer.append(closeOf(call))));
  limit('unlimited');
  await writer.append(closeOf('after'));
  const codes = appended.map(({ reason }) => reason?.code ?? null);
  console.log('RESULT' + JSON.stringify({ folder, codes }) + 'END');
  await writer.onApplicationShutdown();
`;

const canLimit = process.platform === 'linux' && !spawnSync('prlimit', ['--version']).error;

(canLimit ? describe : describe.skip)('a disk that is full', () => {
  it('takes the lines that fit, refuses the rest, and goes on in a new segment', async () => {
    const environment = { DATA_DIR: data, OTHER: basename(folder()) };
    const { folder: written, codes } = await resultOf(ON_A_FULL_DISK, environment);
    expect(codes).toEqual([null, null, 'ledger_unavailable', 'ledger_unavailable']);
    // What a reader may have seen stays, half a line too; it is where no whole one can follow.
    const segments = readdirSync(written).filter((name) => name.endsWith('.journal'));
    const reads = segments.sort().map((name) => readSegment(join(written, name), 0));
    expect(reads.map(({ torn, damaged }) => [torn, damaged.length])).toEqual([
      [true, 0],
      [false, 0],
    ]);
    expect(
      reads.map(({ lines }) => lines.map((line) => [line.sequence, line.record.call])),
    ).toEqual([
      [
        [1, 'before'],
        [2, 'w'],
        [3, 'x'],
      ],
      [[4, 'after']],
    ]);
  });
});
