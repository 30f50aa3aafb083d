import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/tenant.js';

const root = path.resolve(import.meta.dirname, '../..');
const limit = 120_000;

// Too short for figures that mean anything.
const shortest = ['--overload', '--seconds', '0.2', '--concurrency', '2'];

/** A run of `npm run bench -- --overload`, and what it has printed so far. */
class Overload {
  output = '';
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(...options: string[]) {
    const { PATH = '', HOME = '' } = process.env;
    this.child = spawn(process.execPath, ['scripts/bench.mjs', ...shortest, ...options], {
      cwd: root,
      env: { PATH, HOME },
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (text: Buffer) => (this.output += text.toString()));
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  /** The processes that it started and that are there. */
  parts(): number[] {
    return readProcess(`${this.pid}/task/${this.pid}/children`)
      .split(' ')
      .filter(Boolean)
      .map(Number);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  private get pid(): number {
    return this.child.pid ?? 0;
  }
}

/** A file of /proc; empty where the process is gone. */
function readProcess(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** What a process does by the letter of proc(5): T is stopped. */
const stateOf = (pid: number): string | undefined =>
  /\) (\w)/.exec(readProcess(`${pid}/stat`))?.[1];

describe('npm run bench -- --overload', () => {
  let run: Overload | undefined;
  afterEach(async () => {
    run?.signal('SIGTERM');
    await run?.ended;
  }, limit);

  it(
    'tells what became of the calls',
    async () => {
      run = new Overload('--modes', 'json');
      const status = await run.ended;
      expect([status, run.output]).toEqual([0, expect.stringContaining('json: ')]);
      const lines = run.output.trimEnd().split('\n');
      const times = String.raw`(none|\d+, p50 \d+\.\d ms, p99 \d+\.\d ms)`;
      const expected = [
        /^$/,
        /^json: at most \d+ calls\/s in closed loop; \d+ calls\/s offered$/,
        /^ {2}goodput \d+ calls\/s, \d+ % of the peak$/,
        new RegExp(`^  admitted ${times}$`),
        new RegExp(`^  shed ${times}; \\d+ of them not as they should be`),
        /^ {2}not sent for want of connections \d+, connections made \d+, broken \d+$/,
        /^ {2}load generator: \d+ % of a core, at most \d+ ms late; gateway \d+ % of a core, others /,
      ];
      expect(lines.slice(-7)).toEqual(expected.map((line) => expect.stringMatching(line)));
    },
    limit,
  );

  it(
    'ends when it is told to while its worker is stopped, and leaves nobody behind',
    async () => {
      const stopping = (run = new Overload('--modes', 'json,burst'));
      await until(() => stopping.parts().some((pid) => stateOf(pid) === 'T'), 'the stop');
      const parts = stopping.parts();
      stopping.signal('SIGINT');
      expect([await stopping.ended, stopping.output]).toEqual([
        1,
        expect.stringMatching(/stopped: SIGINT\n$/),
      ]);
      expect(parts.filter((pid) => stateOf(pid) !== undefined)).toEqual([]);
    },
    limit,
  );
});
