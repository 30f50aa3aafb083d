import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prismaEnvironment, root } from '../project.mjs';
import { leash } from '../supervisor/leash.mjs';

const nodeOptions = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

/**
 * Runs Jest to its end.
 *
 * @param {string[]} args
 * @param {{env: object, signal: AbortSignal}} options
 * @returns {Promise<{status: number, summary: {passed: number, failed: number, skipped: number}}>}
 *   A Jest that broke before it could count is one failure.
 */
export async function runJest(args, { env, signal }) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'osm-test-'));
  const summaryFile = path.join(scratch, 'summary.json');
  try {
    const status = await jest(args, { ...env, TEST_SUMMARY_FILE: summaryFile }, signal);
    return { status, summary: readSummary(summaryFile) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function jest(args, env, signal) {
  const reporters = [
    '--reporters=default',
    '--reporters=<rootDir>/scripts/jest-summary-reporter.mjs',
  ];
  const command = [
    ...leash.options,
    ...nodeOptions,
    'node_modules/jest/bin/jest.js',
    ...reporters,
    ...args,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, {
      cwd: root,
      env: { ...process.env, ...prismaEnvironment, ...leash.env, ...env },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    const abort = () => child.kill('SIGTERM');
    signal.addEventListener('abort', abort, { once: true });
    child.once('error', reject);
    child.once('exit', (status) => {
      signal.removeEventListener('abort', abort);
      resolve(status ?? 1);
    });
  });
}

function readSummary(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
