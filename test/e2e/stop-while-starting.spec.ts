import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, expect, it } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../..');
/** A program that starts until it is told to go on, and tells when it is closed. */
const SCRIPT = `
  import { runProcess } from './dist/platform/process.adapter.js';
  await runProcess('program', async () => {
    await new Promise(setImmediate);
    process.send('starting');
    await new Promise((resolve) => process.once('message', resolve));
    return { close: () => new Promise((resolve) => process.send('closed', resolve)) };
  });
  process.send('started');`;

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

it('closes in order what was told to stop while it started', async () => {
  const program = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    cwd: root,
    env: { ...process.env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child = program;
  const ended = once(program, 'exit');
  expect(await once(program, 'message')).toEqual(['starting', undefined]);
  program.kill('SIGTERM');
  const { stdout } = program;
  if (!stdout) throw new Error('the program has no output');
  expect(String(await once(stdout, 'data'))).toContain('stopping (SIGTERM)');
  const said: unknown[] = [];
  program.on('message', (word) => said.push(word));
  program.send('go on');
  expect(await ended).toEqual([0, null]);
  expect(said).toContain('closed');
});
