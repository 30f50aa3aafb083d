import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { machineOf } from '../../src/billing/journal/machine.adapter.js';
import { Script } from './scripts/processes.js';

let data: string;
beforeEach(() => {
  data = join(mkdtempSync(join(tmpdir(), 'machine-')), 'data');
});
afterEach(() => rmSync(join(data, '..'), { recursive: true, force: true }));

describe('the name of a machine', () => {
  it('goes with the disk, and tells the boot', () => {
    const name = machineOf(data);
    expect(name).toMatch(/^[0-9A-Z]{26}\/\S+$/);
    expect(machineOf(data)).toBe(name);
    expect(machineOf(join(data, 'other')).split('/')[0]).not.toBe(name.split('/')[0]);
    expect(readdirSync(data).filter((file) => file.startsWith('machine'))).toEqual(['machine']);
  });

  it('is one, though many processes ask for the first time together', async () => {
    const program = `
      await import(scripts + '/typescript-loader.mjs');
      const { machineOf } = await import(scripts + '/../src/billing/journal/machine.adapter.ts');
      console.log('NAME' + machineOf(process.env.DATA_DIR) + 'END');
    `;
    const children = Array.from({ length: 4 }, () => Script.module(program, { DATA_DIR: data }));
    const names = await Promise.all(
      children.map(async (child) => (await child.printed(/NAME(.*)END/))[1]),
    );
    await Promise.all(children.map((child) => child.ended));
    expect(new Set(names).size).toBe(1);
  });
});
