import { formatUsd, parseUsd, type PicoUsd } from '../../../src/core/money.js';
import { addKey, type TestTenant } from '../../support/paying-tenant.js';
import type { CallSeen } from '../call-sight.js';
import { creditLeft } from '../books.js';
import { conclude } from '../conclude.js';
import type { Order, Outcome } from '../result.js';
import type { Stage } from '../stage.js';
import { WaveCaller } from '../wave-caller.js';

const CREDIT = '1';
const SPENDABLE = parseUsd('0.99');
const KEYS = 3;
const AT_ONCE = 1_000;
const REFUSALS = ['insufficient_credits', 'ledger_unavailable'];

/** A thousand calls at once, and more until none is admitted, against 1 USD: it is spent, and not a digit more. */
export async function overspend(stage: Stage, { seed }: Order): Promise<Outcome> {
  const fleet = await stage.startFleet('overspend', { mains: 3 });
  const { mains } = fleet;
  const callers: WaveCaller[] = [];
  const tenants: TestTenant[] = [];
  for (const how of ['cold', 'warm']) {
    const tenant = await stage.createTenant(CREDIT);
    const caller = new WaveCaller(`overspend-${how}`, seed, await keysOf(stage, tenant));
    if (how === 'warm') await caller.wave(mains, 2 * mains.length);
    await caller.wave(mains, AT_ONCE);
    callers.push(caller);
    tenants.push(tenant);
  }
  await Promise.all(callers.map((caller) => caller.exhaust(mains)));
  const seen = callers.flatMap((caller) => caller.seen);
  const { outcome } = await conclude(stage, fleet, seen, 'overspend-', tenants);
  const left = await Promise.all(tenants.map((tenant) => creditLeft(stage.database, tenant)));
  return {
    ...outcome,
    problems: [...outcome.problems, ...strangeEnds(seen), ...left.flatMap(wrongRest)],
    facts: {
      ...outcome.facts,
      'ledger unavailable': seen.filter((one) => one.errorCode === 'ledger_unavailable').length,
      'left cold µUSD': microUsd(left[0]),
      'left warm µUSD': microUsd(left[1]),
    },
  };
}

/** The tenant with several keys. */
async function keysOf(stage: Stage, tenant: TestTenant): Promise<readonly TestTenant[]> {
  const keys = [tenant];
  while (keys.length < KEYS) keys.push(await addKey(stage.database, tenant));
  return keys;
}

function microUsd(amount = 0n): number {
  return Number(amount / 1_000_000n);
}

/** Whoever is not served is told that there is not enough credit, or that a busy ledger did not answer in time. */
function strangeEnds(seen: readonly CallSeen[]): string[] {
  return seen.flatMap(({ label, fate, status, errorCode }) =>
    fate === 'complete' || (fate === 'refused' && REFUSALS.includes(errorCode ?? ''))
      ? []
      : [`${label} was ${fate}: ${status ?? 'no answer'} ${errorCode ?? ''}`],
  );
}

function wrongRest(left: PicoUsd): string[] {
  if (left < 0n) return [`${formatUsd(-left)} USD more than there was are spent`];
  const spent = parseUsd(CREDIT) - left;
  return spent < SPENDABLE ? [`only ${formatUsd(spent)} of ${CREDIT} USD could be spent`] : [];
}
