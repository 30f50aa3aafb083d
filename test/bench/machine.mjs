import { cpus, loadavg, totalmem } from 'node:os';
import { readFileSync } from 'node:fs';

/** What one has to know of the machine to read the figures. */
export function machineFacts() {
  const [first, ...rest] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: rest.length + 1,
    memoryBytes: totalmem(),
    kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
    node: process.version,
    loadAverageBefore: loadavg().map((load) => Number(load.toFixed(2))),
    startedAt: new Date().toISOString(),
  };
}
