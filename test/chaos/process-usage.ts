import { readdirSync, readFileSync } from 'node:fs';

/** What a process holds. */
export interface ProcessUsage {
  /** Resident memory, bytes. */
  readonly resident: number;
  /** Open files and sockets. */
  readonly handles: number;
}

/** As the kernel counts it; Linux only. */
export function usageOf(pid: number): ProcessUsage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return {
    resident: Number(kilobytes) * 1024,
    handles: readdirSync(`/proc/${pid}/fd`).length,
  };
}
