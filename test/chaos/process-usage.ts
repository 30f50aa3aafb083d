import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PRELOADED = path.join(import.meta.dirname, 'collect-garbage.mjs');

/** What a process holds. */
export interface ProcessUsage {
  /** Resident memory after its last collection of garbage, bytes. */
  readonly resident: number;
  /** What of it is in use, objects of JavaScript and what they hold outside its heap, bytes. */
  readonly used: number;
  /** Open files and sockets. */
  readonly handles: number;
}

/**
 * Settings of programs that tell in `directory` what memory they hold. They allocate as
 * `scripts/supervisor/gateway-options.mjs` lets the gateway; what is preloaded sets what Node takes from no environment.
 */
export function reportingMemory(directory: string): Record<string, string> {
  return {
    NODE_OPTIONS: `--import=${PRELOADED} --max-semi-space-size=8 --v8-pool-size=2`,
    MALLOC_ARENA_MAX: '1',
    MEMORY_REPORTS: directory,
  };
}

/** As the process told it last, and as the kernel counts it; undefined where it told nothing yet. Linux only. */
export function usageOf(pid: number, directory: string): ProcessUsage | undefined {
  const told = reportOf(path.join(directory, String(pid)));
  return told && { ...told, handles: readdirSync(`/proc/${pid}/fd`).length };
}

function reportOf(file: string): Omit<ProcessUsage, 'handles'> | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Omit<ProcessUsage, 'handles'>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
