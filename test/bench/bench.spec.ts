import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../..');
const limit = 120_000;

// Too short for figures that mean anything: they are judged by `npm run bench`, never here.
const shortest = [
  ...['--rounds', '1', '--seconds', '0.2', '--concurrency', '2', '--modes', 'json,stream'],
  ...['--open-streams', '20', '--no-warm-up'],
];

describe('npm run bench', () => {
  const out = mkdtempSync(path.join(tmpdir(), 'osm-bench-'));
  let lines: string[];
  let written: Record<string, never>;

  beforeAll(async () => {
    const { PATH = '', HOME = '' } = process.env;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['scripts/bench.mjs', ...shortest, '--out', out],
      { cwd: root, env: { PATH, HOME }, timeout: limit },
    );
    lines = stdout.trimEnd().split('\n');
    const [file = ''] = readdirSync(out);
    written = JSON.parse(readFileSync(path.join(out, file), 'utf8'));
  }, limit);

  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it('ends with the CPU ratios', () => {
    expect(lines.at(-1)).toMatch(/^cpu ratio: json \d+\.\d\d, stream \d+\.\d\d$/);
  });

  it('measures bare proxy and gateway in every cell', () => {
    const { results } = written as unknown as {
      results: { mode: string; rounds: Record<string, { calls: number }>[] }[];
    };
    expect(results.map(({ mode }) => mode)).toEqual(['json', 'stream']);
    const measured = results.flatMap(({ rounds }) => rounds.flatMap(Object.values));
    expect(measured).toHaveLength(4);
    expect(measured.filter(({ calls }) => !(calls > 0))).toEqual([]);
  });

  it('finds every answered call of the gateway in the request log', () => {
    const { logged } = written as unknown as { logged: { answered: number; completed: number } };
    expect(logged.answered).toBeGreaterThan(0);
    expect(logged.completed).toBe(logged.answered);
  });

  it('counts no statement of the database that grows with the calls', () => {
    const { hotPath } = written as unknown as {
      hotPath: { calls: number; statements?: { calls: number }[] };
    };
    const counted = hotPath.statements?.reduce((sum, { calls }) => sum + calls, 0) ?? 0;
    expect(hotPath.calls).toBeGreaterThan(50);
    expect(counted).toBeLessThan(hotPath.calls / 2);
  });

  it('leaves no open stream behind', () => {
    const { held } = written as unknown as { held: Record<string, { streams: number }> };
    expect(Object.values(held).map(({ streams }) => streams)).toEqual([20, 20]);
  });
});
