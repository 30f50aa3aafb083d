import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Script } from './processes.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'silence-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Supervises a program of this text; it is wedged or stopped when it is silent for so long. */
const supervise = `
  const { startChild } = await import(scripts + '/supervisor/child.mjs');
  const child = startChild(process.env.PROGRAM, { env: process.env, silenceLimit: 300 });
  const { reason } = await child.ended;
  console.log('ENDED ' + reason);
`;

async function endOf(program: string): Promise<string> {
  const file = join(folder, `${Math.random()}.mjs`);
  writeFileSync(file, program);
  const supervisor = Script.module(supervise, { PROGRAM: file });
  const [, reason = ''] = await supervisor.printed(/ENDED (.*)/);
  await supervisor.ended;
  return reason;
}

const tell = `process.send({ alive: true });`;

describe('a program that tells its supervisor that it is alive', () => {
  it('is ended when it tells it no more, though it is stopped or wedged', async () => {
    expect(await endOf(`${tell} process.kill(process.pid, 'SIGSTOP');`)).toBe('ended by SIGKILL');
    expect(await endOf(`process.send({ alive: true }, () => { for (;;); });`)).toBe(
      'ended by SIGKILL',
    );
  });

  it('is left alone while it does, as is one that never has', async () => {
    const often = `${tell} setInterval(() => { ${tell} }, 100); setTimeout(() => process.exit(3), 900);`;
    const never = `setTimeout(() => process.exit(4), 900);`;
    expect(await Promise.all([endOf(often), endOf(never)])).toEqual([
      'ended with status 3',
      'ended with status 4',
    ]);
  });
});
