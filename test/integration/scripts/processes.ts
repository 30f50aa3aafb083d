import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = path.resolve(import.meta.dirname, '../../..');
const pollInterval = 20;

/** A script of the project as a process of its own, with nothing of our environment but the given. */
export class Script {
  /** What it printed so far, on both streams. */
  output = '';
  /** Its exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  readonly #child: ChildProcess;

  /** @param args for Node: a file below the checkout, or options and code */
  constructor(args: string[], environment: Record<string, string> = {}) {
    const { PATH = '', HOME = '' } = process.env;
    this.#child = spawn(process.execPath, args, {
      cwd: root,
      env: { PATH, HOME, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve(code ?? signal));
    });
  }

  /** A module given as text; `scripts` is the URL of the scripts folder in it. */
  static module(code: string, environment: Record<string, string> = {}): Script {
    const scripts = JSON.stringify(`file://${root}/scripts`);
    const source = `const scripts = ${scripts};\n${code}`;
    return new Script(['--input-type=module', '--eval', source], environment);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /**
   * Waits until the output matches.
   *
   * @throws Error with the output when the process ends before it does
   */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    let ended = false;
    void this.ended.then(() => (ended = true));
    for (;;) {
      const last = ended;
      const match = pattern.exec(this.output);
      if (match) return match;
      if (last) throw new Error(`It ended without printing ${String(pattern)}:\n${this.output}`);
      await sleep(pollInterval);
    }
  }
}

/** An empty directory, removed with everything in it by `remove`. */
export function temporaryDirectory(): { path: string; remove(): void } {
  const directory = mkdtempSync(path.join(tmpdir(), 'osm-spec-'));
  return {
    path: directory,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Resolves when none of these processes runs any more; the test's time limit bounds it. */
export async function allGone(pids: number[]): Promise<void> {
  while (pids.some(isAlive)) await sleep(pollInterval);
}

/** Whether the process runs; one that is only not yet reaped does not. */
export function isAlive(pid: number): boolean {
  return processTable().has(pid);
}

/** All processes below this one, to any depth. */
export function descendantsOf(pid: number): number[] {
  const table = [...processTable()];
  const below = (parent: number): number[] =>
    table.filter(([, its]) => its === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

/** Process id → id of its parent, zombies left out. */
function processTable(): Map<number, number> {
  const rows = existsSync('/proc/self/stat') ? fromProc() : fromPs();
  return new Map(
    rows.filter(([, state]) => !state.startsWith('Z')).map(([pid, , parent]) => [pid, parent]),
  );
}

type Row = [pid: number, state: string, parent: number];

function fromProc(): Row[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Row[] => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [[Number(name), state, Number(parent)]];
      } catch {
        return []; // It ended meanwhile.
      }
    });
}

function fromPs(): Row[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,state=,ppid='], { encoding: 'utf8' });
  return lines
    .trim()
    .split('\n')
    .map((line): Row => {
      const [pid = '', state = '', parent = ''] = line.trim().split(/\s+/);
      return [Number(pid), state, Number(parent)];
    });
}
