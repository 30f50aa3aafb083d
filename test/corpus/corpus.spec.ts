import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');
const RECORDINGS = path.resolve(ROOT, '../shared/fixtures/recorded');
const LONGEST_RUN_MS = 240_000;

/** Runs `npm run corpus` to its end. */
function runCorpus(): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['scripts/corpus.mjs'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString() }));
  });
}

const present = existsSync(RECORDINGS);
if (!present) console.warn(`The recorded traffic is not at ${RECORDINGS}: the corpus is not run.`);

(present ? describe : describe.skip)('corpus of recorded traffic', () => {
  it(
    'is translated right',
    async () => {
      const { status, output } = await runCorpus();
      const summary = output.trimEnd().split('\n').at(-1);
      if (status !== 0) console.error(output);
      expect(summary).toMatch(/^[1-9]\d* passed, 0 failed$/);
      expect(status).toBe(0);
    },
    LONGEST_RUN_MS,
  );
});
