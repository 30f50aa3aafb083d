import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PAUSE_POINTS } from './pause-points.js';
import type { ScenarioResult } from './result.js';

const root = path.resolve(import.meta.dirname, '../..');
const leash = path.join(root, 'scripts/supervisor/end-with-parent.mjs');
const LONGEST_RUN_MS = 600_000;

/** Those that mostly wait have a run of their own, at the same time. */
const BUSY = ['kill', 'leave', 'storm', 'overspend', 'replay', 'disk'];
const WAITING = ['database', 'rolling', 'pause'];

/** Runs the short forms of scenarios to their end; gives all that was printed. */
function runShort(names: readonly string[], json: string): Promise<string> {
  const { PATH = '', HOME = '', DATA_DIR = '' } = process.env;
  const words = ['--short', '--seed', '1', '--only', names.join(','), '--json', json];
  const child = fork('scripts/chaos.mjs', words, {
    cwd: root,
    execArgv: ['--import', leash],
    env: { PATH, HOME, DATA_DIR, LEASH_HOLDER: String(process.pid) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.once('close', () => resolve(output)));
}

// Figures are judged by `npm run chaos`; here only that what must happen has happened.
describe('npm run chaos', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'osm-chaos-'));
  let outputs: readonly string[] = [];
  const results = new Map<string, ScenarioResult>();

  beforeAll(async () => {
    outputs = await Promise.all([BUSY, WAITING].map(runAndRead));
  }, LONGEST_RUN_MS);

  async function runAndRead(names: readonly string[], index: number): Promise<string> {
    const json = path.join(folder, `results-${index}.json`);
    const output = await runShort(names, json);
    const read = JSON.parse(readFileSync(json, 'utf8')) as ScenarioResult[];
    for (const result of read) results.set(result.name, result);
    return output;
  }

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function passed(name: string): ScenarioResult {
    const result = results.get(name);
    if (result?.verdict !== 'passed')
      throw new Error(`${name} did not pass:\n${outputs.join('\n')}`);
    expect(result).toMatchObject({ lost: 0, double: 0, wrong: 0, problems: [] });
    return result;
  }

  it('kills the processes, and what clients saw the end of is booked once and right', () => {
    const { kills, ends, cut, calls } = passed('kill');
    expect(kills).toBe(10);
    expect(calls).toBeGreaterThanOrEqual(500);
    expect(Math.min(ends, cut)).toBeGreaterThan(0);
  });

  it('lets clients leave, and providers are told', () => {
    const { facts, calls } = passed('leave');
    expect(calls).toBe(201);
    expect(facts['left']).toBeGreaterThan(100);
    expect(facts['providers told']).toBeGreaterThan(67);
  });

  it('trues up estimates after a storm, and no wallet is below its limit', () => {
    const { kills, cut, facts } = passed('storm');
    expect(kills).toBe(4);
    expect(cut).toBeGreaterThan(0);
    for (const what of ['complete', 'refused', 'trued up', 'wallets saved by holds'])
      expect(facts[what]).toBeGreaterThan(0);
  });

  it('spends 1 USD to its end and not beyond, however many ask for it at once', () => {
    const { facts, calls } = passed('overspend');
    expect(calls).toBeGreaterThanOrEqual(2_000);
    expect(facts['complete']).toBeGreaterThan(200);
    expect(facts['refused']).toBeGreaterThan(0);
    for (const how of ['cold', 'warm']) {
      expect(facts[`left ${how} µUSD`]).toBeGreaterThanOrEqual(0);
      expect(facts[`left ${how} µUSD`]).toBeLessThan(10_000);
    }
  });

  it('lets processes go on whose money others have spent, and none is spent twice', () => {
    const { facts } = passed('pause');
    expect(facts['fenced']).toBe(PAUSE_POINTS.length);
    for (const { name } of PAUSE_POINTS) expect(facts[`stopped: ${name}`]).toBeGreaterThan(0);
    expect(facts['left µUSD']).toBeGreaterThanOrEqual(0);
    expect(facts['left µUSD']).toBeLessThan(10_000);
  });

  it('runs jobs twice at once and posts journals again, and the books stay as they are', () => {
    const { cut, ends, kills, facts } = passed('replay');
    expect(facts['jobs at once']).toBeGreaterThan(16);
    expect(facts['closes posted again']).toBeGreaterThan(100);
    expect(kills).toBe(1);
    expect(Math.min(ends, cut)).toBeGreaterThan(0);
  });

  it('restarts processes in turn behind a balancer, and no call fails', () => {
    const { facts, calls, cut, kills } = passed('rolling');
    expect([facts['restarts'], kills, cut, facts['complete']]).toEqual([4, 0, 0, calls]);
    expect(facts['ran at a restart']).toBeGreaterThan(0);
  });

  it('stops and kills Postgres, and streams run on', () => {
    const { facts, cut } = passed('database');
    expect(cut).toBe(0);
    expect(facts['ended while it was away']).toBeGreaterThan(0);
    expect(facts['calls without Postgres']).toBeGreaterThan(0);
  });

  it('fills the disk, and calls are refused until there is room', () => {
    if (results.get('disk')?.verdict === 'skipped') {
      expect(outputs.join('\n')).toContain('disk: skipped');
      return;
    }
    const { facts } = passed('disk');
    expect(facts['refused']).toBeGreaterThan(0);
    expect(facts['well afterwards']).toBeGreaterThan(0);
  });

  it('ends with the count', () => {
    for (const output of outputs)
      expect(output.trimEnd().split('\n').at(-1)).toMatch(/^\d+ passed, 0 failed$/);
  });
});
