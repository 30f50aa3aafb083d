import { mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { closeOf } from '../../../test/support/journal.js';
import { Environment } from '../../platform/env.js';
import { JournalWriter } from './journal.writer.js';
import { WriterTail } from './writer-tail.adapter.js';

let data: string;
let writer: JournalWriter;

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'writer-'));
  writer = new JournalWriter(Object.assign(new Environment(), { DATA_DIR: data }));
  await writer.onModuleInit();
  jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await writer.onApplicationShutdown();
  rmSync(data, { recursive: true, force: true });
});

/** A device that takes nothing and cannot be truncated. */
const FULL = '/dev/full';
const hasFullDevice = process.platform === 'linux';

(hasFullDevice ? describe : describe.skip)('a file that fails and cannot be set back', () => {
  it('is left as it is, and the next record goes to a new segment', async () => {
    await writer.append(closeOf('before'));
    Object.assign(writer, { file: openSync(FULL, 'a') });
    await expect(writer.append(closeOf('refused'))).rejects.toMatchObject({
      code: 'ledger_unavailable',
    });
    await writer.append(closeOf('after'));
    const root = join(data, 'journal');
    const folder = join(root, readdirSync(root)[0] ?? '');
    expect(readdirSync(folder).filter((name) => name.endsWith('.journal'))).toHaveLength(2);
    const tail = new WriterTail(folder);
    const posted: string[] = [];
    for (let read = tail.read(); read.closes.length > 0; read = tail.read()) {
      posted.push(...read.closes.map(({ call }) => call));
      tail.posted();
    }
    expect(posted).toEqual(['before', 'after']);
  });
});
