import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  holdWriterLock,
  isWriterAlive,
  type WriterLock,
} from '../../src/billing/journal/writer-lock.adapter.js';
import { Script } from './scripts/processes.js';

let folder: string;
const children: Script[] = [];
const locks: WriterLock[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await child.ended;
  }
  await Promise.all(locks.splice(0).map((lock) => lock.release()));
  rmSync(folder, { recursive: true, force: true });
});

async function hold(place = folder): Promise<WriterLock> {
  const lock = await holdWriterLock(place);
  locks.push(lock);
  return lock;
}

/** A process of its own that holds the lock. */
async function childThatHolds(place: string): Promise<Script> {
  const child = Script.module(`
    await import(scripts + '/typescript-loader.mjs');
    const { holdWriterLock } = await import(scripts + '/../src/billing/journal/writer-lock.adapter.ts');
    await holdWriterLock(${JSON.stringify(place)});
    console.log('held');
    setInterval(() => undefined, 1_000);
  `);
  children.push(child);
  await child.printed(/held/);
  return child;
}

describe('the lock of a writer', () => {
  it('is held until it is released', async () => {
    expect(await isWriterAlive(folder)).toBe(false);
    const lock = await holdWriterLock(folder);
    expect(await isWriterAlive(folder)).toBe(true);
    await lock.release();
    expect(await isWriterAlive(folder)).toBe(false);
  });

  it('has one holder', async () => {
    await hold();
    await expect(holdWriterLock(folder)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(await isWriterAlive(folder)).toBe(true);
  });

  it('may be taken again after it was released', async () => {
    await (await hold()).release();
    await hold();
    expect(await isWriterAlive(folder)).toBe(true);
  });

  it('nobody holds what is not there', async () => {
    expect(await isWriterAlive(join(folder, 'missing'))).toBe(false);
  });

  it('a path that is too long for a socket is no matter', async () => {
    const deep = join(folder, 'a'.repeat(100), 'b'.repeat(100));
    mkdirSync(deep, { recursive: true });
    expect(await isWriterAlive(deep)).toBe(false);
    const lock = await hold(deep);
    expect(await isWriterAlive(deep)).toBe(true);
    expect(existsSync(join(deep, 'writer.sock'))).toBe(true);
    await expect(holdWriterLock(deep)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await lock.release();
    expect(await isWriterAlive(deep)).toBe(false);
  });
});

describe('a process that holds the lock', () => {
  it('is alive while it runs and while it is stopped, and dead as soon as it was killed', async () => {
    const child = await childThatHolds(folder);
    expect(await isWriterAlive(folder)).toBe(true);
    child.kill('SIGSTOP');
    expect(await isWriterAlive(folder)).toBe(true);
    child.kill('SIGKILL');
    await child.ended;
    expect(existsSync(join(folder, 'writer.sock'))).toBe(true);
    expect(await isWriterAlive(folder)).toBe(false);
  });

  it('leaves a socket behind that is in nobody’s way', async () => {
    const child = await childThatHolds(folder);
    await expect(holdWriterLock(folder)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    child.kill('SIGKILL');
    await child.ended;
    await hold();
    expect(await isWriterAlive(folder)).toBe(true);
  });
});
