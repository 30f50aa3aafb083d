import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PREFIX = 'osm-chaos-disk-';
const SIZE_MIB = 4;
const PIECES = [64 * 1024, 4 * 1024, 1];

/** A disk in memory that is filled up and emptied again. */
export class SmallDisk {
  private readonly filler: string;

  private constructor(readonly directory: string) {
    this.filler = path.join(directory, 'filler');
  }

  /** @returns the disk, or why there can be none here */
  static mount(): SmallDisk | string {
    if (process.platform !== 'linux') return 'only Linux has file systems in memory';
    clearLeftovers();
    const directory = path.join(tmpdir(), `${PREFIX}${process.pid}`);
    mkdirSync(directory, { recursive: true });
    try {
      run('mount', '-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'osm-chaos', directory);
      return new SmallDisk(directory);
    } catch (error) {
      rmSync(directory, { recursive: true });
      return `no disk can be mounted here: ${String(error).split('\n')[0]}`;
    }
  }

  /** Takes all the room there is, to the last byte. */
  fill(): void {
    const file = openSync(this.filler, 'a');
    try {
      for (const size of PIECES) appendUntilFull(file, Buffer.alloc(size));
    } finally {
      closeSync(file);
    }
  }

  /** Gives the room back. */
  free(): void {
    rmSync(this.filler, { force: true });
  }

  unmount(): void {
    unmount(this.directory);
  }
}

function appendUntilFull(file: number, piece: Buffer): void {
  try {
    for (;;) if (writeSync(file, piece) < piece.length) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

/** What a run that was killed left mounted. */
function clearLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX) || isAlive(Number(name.slice(PREFIX.length)))) continue;
    unmount(path.join(tmpdir(), name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function unmount(directory: string): void {
  try {
    run('umount', directory);
  } catch {
    // It was not mounted yet.
  }
  rmSync(directory, { recursive: true, force: true });
}

function run(command: string, ...words: string[]): void {
  execFileSync(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
}
