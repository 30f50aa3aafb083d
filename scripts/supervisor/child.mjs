import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { root } from '../project.mjs';
import { leash } from './leash.mjs';

/** A program that tells from time to time that it goes forward, and tells it no more, is wedged or stopped. */
const longestSilence = 60_000;

/**
 * Starts one of the gateway's programs. It has a process group of its own, so that a Ctrl-C in the
 * terminal reaches only the supervisor, which ends its parts in their order; and it is on a leash.
 *
 * It is ready when it tells `{listening: url}`: as an IPC message, or as a JSON line where its standard
 * output is read (`announces: 'line'`).
 *
 * @param {string} script below the checkout
 * @param {{env: object, nodeOptions?: string[], announces?: 'message' | 'line', silenceLimit?: number}} options
 *   milliseconds
 * @returns {{pid: number, ready: Promise<string>, ended: Promise<{code: number | null, reason: string}>,
 *   askToStop(): void, kill(): void}} `ready` rejects when it ends before
 */
export function startChild(
  script,
  { env, nodeOptions = [], announces = 'message', silenceLimit = longestSilence },
) {
  const child = spawn(process.execPath, [...leash.options, ...nodeOptions, script], {
    cwd: root,
    env: { ...env, ...leash.env },
    stdio: ['ignore', announces === 'line' ? 'pipe' : 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
  });
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, reason: error.message }));
    child.once('exit', (code, signal) => {
      killGroup(child, 'SIGKILL'); // Of a cluster nobody may stay behind and hold the port.
      resolve({ code, reason: signal ? `ended by ${signal}` : `ended with status ${code}` });
    });
  });
  const ready = new Promise((resolve, reject) => {
    onAnnouncement(child, announces, resolve);
    ended.then(({ reason }) => reject(new Error(`${script} ${reason}`)));
  });
  ready.catch(() => {}); // Not everyone waits for it.
  endWhenSilent(child, silenceLimit);
  return {
    pid: child.pid,
    ready,
    ended,
    askToStop: () => child.kill('SIGTERM'),
    kill: () => killGroup(child, 'SIGKILL'),
  };
}

/** Once it has told `{alive: true}`, it has to go on telling it. */
function endWhenSilent(child, limit) {
  let timer;
  child.on('message', (message) => {
    if (!message?.alive) return;
    clearTimeout(timer);
    timer = setTimeout(() => killGroup(child, 'SIGKILL'), limit);
  });
  child.once('exit', () => clearTimeout(timer));
}

function onAnnouncement(child, announces, resolve) {
  if (announces === 'message') {
    child.on('message', (message) => message?.listening && resolve(message.listening));
    return;
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    const url = listeningIn(line);
    if (url) resolve(url);
    else console.log(line);
  });
}

function listeningIn(line) {
  try {
    return JSON.parse(line).listening;
  } catch {
    return undefined;
  }
}

function killGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
