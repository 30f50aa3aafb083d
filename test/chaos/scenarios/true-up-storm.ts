import type pg from 'pg';
import { formatUsd } from '../../../src/core/money.js';
import { overdrawTenant, type TestTenant } from '../../support/paying-tenant.js';
import type { CallSeen } from '../call-sight.js';
import type { CallPlan } from '../call-plan.js';
import { conclude } from '../conclude.js';
import {
  openEstimates,
  settledEstimates,
  standingsOf,
  strandedEstimates,
  type Standing,
} from '../estimates.js';
import type { Fleet } from '../fleet.js';
import { Load } from '../load.js';
import type { Order, Outcome } from '../result.js';
import type { Stage } from '../stage.js';
import { strikes } from '../strikes.js';
import { judgeTrueUp } from '../true-up-verdict.js';
import { WaveCaller } from '../wave-caller.js';
import { withBusyWriters } from '../writers.js';

/** A model of the provider that tells later, dear enough for small wallets to be spent. */
const MODEL: Partial<CallPlan> = {
  model: 'openrouter/gpt-4o',
  maxTokens: 400,
  tellsUsage: true,
};
const TOKENS = 380;
const LEAVING = 0.3;
/** Of the answer; those that leave do so somewhere in the first half. */
const LEAVE_BEFORE_BYTE = 40_000;

interface Size {
  readonly mains: number;
  readonly kills: number;
  readonly clients: number;
  readonly calls: number;
  /** Tokens per second of a stream. */
  readonly rate: number;
  readonly wallets: number;
  /** In each wallet, decimal USD; every second one may be overdrawn by as much again. */
  readonly credit: string;
  /** So many waves of which nothing is admitted show that a wallet is spent. */
  readonly vainWaves: number;
}

const SHORT: Size = {
  ...{ mains: 2, kills: 4, clients: 24, calls: 1_000, rate: 250 },
  ...{ wallets: 4, credit: '0.06', vainWaves: 1 },
};
const LONG: Size = {
  ...{ mains: 3, kills: 60, clients: 90, calls: 10_000, rate: 120 },
  ...{ wallets: 24, credit: '0.3', vainWaves: 3 },
};

/**
 * Streams are cut by kills and by clients that leave, at a provider that tells only later what they cost, and what is
 * free of their wallets is spent meanwhile. Then all of them are trued up: no wallet is below its limit.
 */
export async function storm(stage: Stage, order: Order): Promise<Outcome> {
  const size = order.short ? SHORT : LONG;
  const { database } = stage;
  const { mains } = size;
  const fleet = await stage.startFleet('storm', { mains, environment: stage.lateReports });
  const tenants = await smallWallets(stage, size);
  await stage.reports('withhold');
  const { seen, problems } = await cutStreams(fleet, tenants, size, order);
  const rest = await spendTheRest(fleet, tenants, size, order);
  await fleet.stopMains();
  await fleet.posted();
  const before = await standingsOf(database, tenants);
  const estimates = await openEstimates(database);
  order.say(`storm: ${estimates} estimates are trued up`);
  await stage.reports('release');
  const open = await settledEstimates(database);
  const after = await standingsOf(database, tenants);
  const all = [...seen, ...rest];
  const { outcome } = await conclude(stage, fleet, all, 'storm-', tenants, judgeTrueUp);
  const busy = withBusyWriters(outcome, seen);
  return {
    ...busy,
    problems: [
      ...problems,
      ...busy.problems,
      ...after.flatMap(wrongStanding),
      ...(open > 0 ? [`${open} estimates were looked at by nobody`] : []),
      ...(await strandedEstimates(database)).map((id) => `${id} was not trued up`),
    ],
    facts: {
      ...busy.facts,
      estimates,
      'trued up': await trueUps(database, tenants),
      'wallets saved by holds': after.filter((one, at) => isSaved(one, before[at])).length,
    },
  };
}

async function smallWallets(stage: Stage, { wallets, credit }: Size): Promise<TestTenant[]> {
  const tenants: TestTenant[] = [];
  while (tenants.length < wallets) {
    const tenant = await stage.createTenant(credit);
    if (tenants.length % 2 === 1) await overdrawTenant(stage.database, tenant, credit);
    tenants.push(tenant);
  }
  return tenants;
}

async function cutStreams(
  fleet: Fleet,
  tenants: readonly TestTenant[],
  { clients, calls, kills, rate }: Size,
  order: Order,
): Promise<{ readonly seen: readonly CallSeen[]; readonly problems: readonly string[] }> {
  const load = new Load(fleet, {
    ...{ scenario: 'storm', seed: order.seed, clients, calls, tenants },
    mix: { streams: 0.9, shortest: 1_000, longest: 1_000 },
    changes: { ...MODEL, tokens: TOKENS, rate },
    leave: (_plan, random) => ({
      atByte: random.chance(LEAVING) ? random.between(1, LEAVE_BEFORE_BYTE) : Infinity,
    }),
  });
  // The short form has no time for a worker's jobs to be taken over.
  const programs = order.short ? fleet.mains : fleet.programs;
  const problems = await strikes(programs, kills, order);
  return { seen: await load.finish(), problems };
}

/** Others spend what is free, so that a true-up has nothing but its hold. */
async function spendTheRest(
  fleet: Fleet,
  tenants: readonly TestTenant[],
  { vainWaves }: Size,
  { seed }: Order,
): Promise<readonly CallSeen[]> {
  await Promise.all(fleet.programs.map((program) => program.ready()));
  const callers = tenants.map(
    (tenant, at) => new WaveCaller(`storm-rest-${at}`, seed, [tenant], MODEL),
  );
  await Promise.all(callers.map((caller) => caller.exhaust(fleet.mains, vainWaves)));
  return callers.flatMap(({ seen }) => seen);
}

function wrongStanding({ id, left, overruns }: Standing): string[] {
  return [
    ...(left < 0n ? [`${id} is ${formatUsd(-left)} USD below its limit`] : []),
    ...(overruns > 0 ? [`${id} has ${overruns} overruns`] : []),
  ];
}

/** Whether its true-ups took more than was free beside what was set aside for them. */
function isSaved({ left }: Standing, before?: Standing): boolean {
  return left < (before?.held ?? 0n);
}

async function trueUps(database: pg.Pool, tenants: readonly TestTenant[]): Promise<number> {
  const { rows } = await database.query<{ count: string }>(
    `SELECT count(*)::text AS count FROM usage_event
     WHERE revision = 2 AND rank = 'provider_report' AND organization_id = ANY ($1)`,
    [tenants.map(({ organizationId }) => organizationId)],
  );
  return Number(rows[0]?.count);
}
