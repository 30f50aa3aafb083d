import { spawn } from 'node:child_process';
import { root } from './project.mjs';

/**
 * Runs a command to its end and collects what it printed.
 *
 * The command gets a process group of its own, which is killed as a whole when `signal` aborts: a
 * stopped `npm start` leaves no half-finished `npm ci` behind.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{env?: object, signal?: AbortSignal, echo?: boolean, uid?: number, gid?: number, cwd?: string}} options
 *   `echo` also shows the output as it comes.
 * @returns {Promise<{status: number, output: string}>} status 1 when it ended by a signal
 */
export function runCommand(
  command,
  args,
  { env, signal, echo = false, uid, gid, cwd = root } = {},
) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, args, {
      cwd,
      uid,
      gid,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      shell: process.platform === 'win32' && command === 'npm',
    });
    const chunks = [];
    for (const [stream, terminal] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream.on('data', (chunk) => {
        chunks.push(chunk);
        if (echo) terminal.write(chunk);
      });
    }
    const abort = () => killGroup(child);
    signal?.addEventListener('abort', abort, { once: true });
    child.once('error', reject);
    child.once('close', (status) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ status: status ?? 1, output: Buffer.concat(chunks).toString() });
    });
  });
}

function killGroup(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
