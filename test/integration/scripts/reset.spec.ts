import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Script, temporaryDirectory } from './processes.js';

const holder = `
  const { holdLock } = await import(scripts + '/run-lock.mjs');
  holdLock(process.env.DATA_DIR);
  console.log('holding');
  setInterval(() => {}, 1000);
`;

describe('npm run reset', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  const inside = (name: string) => path.join(directory.path, name);

  beforeEach(() => {
    directory = temporaryDirectory();
    mkdirSync(inside('journal'));
    mkdirSync(inside('postgres'));
    writeFileSync(inside('notes.txt'), 'not of the gateway');
  });

  afterEach(() => directory.remove());

  it('refuses while a gateway runs, and works when that was killed', async () => {
    const gateway = Script.module(holder, { DATA_DIR: directory.path });
    await gateway.printed(/holding/);
    const refused = await reset();
    expect(refused.status).toBe(1);
    expect(refused.output).toContain(`pid ${gateway.pid}`);
    expect(existsSync(inside('journal'))).toBe(true);

    gateway.kill('SIGKILL');
    await gateway.ended;
    expect((await reset()).status).toBe(0);
    expect(existsSync(inside('journal'))).toBe(false);
  });

  it('removes the data, names it, and leaves other files alone', async () => {
    const { status, output } = await reset();
    expect(status).toBe(0);
    expect(output).toContain(inside('postgres'));
    expect(output).toContain(inside('journal'));
    expect(['postgres', 'journal', 'notes.txt'].map((name) => existsSync(inside(name)))).toEqual([
      false,
      false,
      true,
    ]);
  });

  async function reset() {
    const script = new Script(['scripts/reset.mjs'], { DATA_DIR: directory.path });
    const status = await script.ended;
    return { status, output: script.output };
  }
});
