import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, Queue, setDefaultBackendFactory, type Job } from 'bullmq';
import type pg from 'pg';
import type { AuditScope } from '../../src/billing/audit/ledger-audit.service.js';
import type { RetentionJob } from '../../src/billing/retention/retention-queue.service.js';

/** What the worker does by queues: each of their jobs. */
const AUDITS = { incremental: {}, full: {} } as const satisfies Record<AuditScope, object>;
const RETENTION = {
  'erase-organizations': {},
  'expire-bodies': {},
  'expire-log': {},
  'expire-idempotency-records': {},
  partitions: {},
} as const satisfies Record<RetentionJob, object>;

/** What it does by timers, as the functions that they call. */
const TIMED: readonly string[] = [
  `SELECT raise_budget_alerts('{50,80,100}')`,
  `SELECT quarantine_processes('elsewhere/1', 3600000, 3600000)`,
  'SELECT release_quarantine(NULL, 3600000)',
  'SELECT free_stale_holds(3600000)',
];
const TWICE = [1, 2] as const;
const LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 50;

interface Ordered {
  readonly queue: string;
  readonly name: string;
  readonly data: object;
}

/**
 * Has two workers that run do each job of theirs at the same time, twice; those of calls for each of the calls.
 * @returns what did not come to a good end
 */
export async function jobsAtOnce(
  database: pg.Pool,
  databaseUrl: string,
  callIds: readonly string[],
): Promise<{ readonly done: number; readonly problems: readonly string[] }> {
  setDefaultBackendFactory(createPostgresBackend);
  // As in the gateway: its type knows Redis alone.
  const connection = { connectionString: databaseUrl, max: 2 };
  const orders = ordersFor(callIds);
  const queues = new Map(
    [...new Set(orders.map(({ queue }) => queue))].map((name) => [
      name,
      new Queue(name, { connection }),
    ]),
  );
  try {
    const jobs = await addTwice(queues, orders);
    const [problems] = await Promise.all([
      endOf(jobs),
      ...TIMED.flatMap((call) => TWICE.map(() => database.query(call))),
    ]);
    return { done: jobs.length, problems };
  } finally {
    await Promise.all([...queues.values()].map((queue) => queue.close()));
  }
}

function ordersFor(callIds: readonly string[]): readonly Ordered[] {
  const of = (queue: string, jobs: object): Ordered[] =>
    Object.keys(jobs).map((name) => ({ queue, name, data: {} }));
  return [
    ...of('ledger-audit', AUDITS),
    ...of('retention', RETENTION),
    ...of('reconcile-bill', { 'reconcile-bill': {} }),
    ...callIds.map((callId) => ({
      queue: 'reconcile-call',
      name: 'reconcile-call',
      data: { callId },
    })),
  ];
}

/** All of them wait before the first is begun. */
async function addTwice(
  queues: ReadonlyMap<string, Queue>,
  orders: readonly Ordered[],
): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const queue of queues.values()) await queue.pause();
  for (const { queue, name, data } of orders)
    for (const _time of TWICE) {
      const job = await queues.get(queue)?.add(name, data);
      if (job) jobs.push(job);
    }
  for (const queue of queues.values()) await queue.resume();
  return jobs;
}

async function endOf(jobs: readonly Job[]): Promise<readonly string[]> {
  const deadline = performance.now() + LIMIT_MS;
  const problems: string[] = [];
  for (const job of jobs) {
    let state = await job.getState();
    while (state !== 'completed' && state !== 'failed' && performance.now() < deadline) {
      await sleep(LOOK_EVERY_MS);
      state = await job.getState();
    }
    if (state !== 'completed') problems.push(`job ${job.name} is ${state}`);
  }
  return problems;
}
