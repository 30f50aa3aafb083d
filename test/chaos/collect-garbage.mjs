import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded before a program of the gateway (`node --import`): collects its garbage every ten seconds and writes down what
 * it holds then, bytes, into a file of its process id in MEMORY_REPORTS. V8 leaves what a light load makes uncollected
 * for an hour and more; a growth of a MiB would be lost in that.
 */
const EVERY_MS = 10_000;

setFlagsFromString('--heap-growing-percent=50');
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const report = path.join(process.env.MEMORY_REPORTS, String(process.pid));

setInterval(() => {
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  writeFileSync(`${report}.new`, JSON.stringify({ resident: rss, used: heapUsed + external }));
  renameSync(`${report}.new`, report);
}, EVERY_MS).unref();
