/**
 * Loaded into a child before its own code: when the parent is gone, the child gets a SIGTERM, which
 * it treats as any other. A thread of its own kills it if it has not ended eight seconds later: a
 * child whose event loop hangs would neither notice nor obey.
 */
import { Worker } from 'node:worker_threads';

const watchman = `
  const { workerData } = require('node:worker_threads');
  setInterval(() => {
    if (process.ppid === workerData.parent) return;
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), workerData.patience);
  }, 1_000);
`;

// Children of the child inherit the options that load this; their channel is none of our business.
if (process.channel && process.env.LEASH_HOLDER === String(process.ppid)) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // Waiting for the parent's end is no reason to stay.
  process.channel.unref();
  const workerData = { parent: process.ppid, patience: 8_000 };
  new Worker(watchman, { eval: true, workerData, execArgv: [] }).unref();
}
