/**
 * A program with a queue and its worker on the Redis of its first argument, idle or with a job that never ends. It says
 * that it is ready; when it is told to, it waits until its Redis is lost, closes both, and ends as soon as nothing keeps
 * it any more.
 */
import { once } from 'node:events';
import { ClosableQueue, ClosableWorker } from '../../src/platform/queue-close.adapter.js';

const [, , url = '', work] = process.argv;
const connection = { url, enableOfflineQueue: false, maxRetriesPerRequest: null };
const queue = new ClosableQueue('kept', { connection });
const worker = new ClosableWorker('kept', () => new Promise(() => undefined), { connection });
queue.on('error', () => undefined);
worker.on('error', () => undefined);
const lost = new Promise<void>((resolve) => worker.once('ioredis:close', resolve));
const orphaned = (): never => process.exit(1);
process.once('disconnect', orphaned);

await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
if (work !== 'idle') {
  const active = new Promise<void>((resolve) => worker.once('active', () => resolve()));
  await queue.add('job', {});
  await active;
}
process.send?.('ready');
await once(process, 'message');
await lost;
await Promise.all([worker.close(), queue.close()]);
process.off('disconnect', orphaned);
process.disconnect();
