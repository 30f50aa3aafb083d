import { setTimeout as sleep } from 'node:timers/promises';
import { conclude, type Conclusion } from '../conclude.js';
import { Load } from '../load.js';
import type { Order, Outcome } from '../result.js';
import { SmallDisk } from '../small-disk.js';
import type { Stage } from '../stage.js';

const LEAD_MS = 1_500;
/** The poster makes room by dropping what it has posted; so often it is taken away again. */
const REFILL_MS = 5;

/** The disk of the journals is full for a while: calls are refused, none is lost, and it goes on with room again. */
export async function disk(stage: Stage, order: Order): Promise<Outcome> {
  const small = SmallDisk.mount();
  if (typeof small === 'string') {
    order.say(`disk: skipped, ${small}`);
    return skipped(small);
  }
  try {
    return await fillUp(stage, order, small);
  } finally {
    small.unmount();
  }
}

async function fillUp(stage: Stage, { seed, short }: Order, small: SmallDisk): Promise<Outcome> {
  const fleet = await stage.startFleet('disk', { dataDirectory: small.directory });
  const load = new Load(fleet, {
    scenario: 'disk',
    seed,
    clients: 20,
    mix: { streams: 0.8, shortest: 300, longest: 1_200 },
  });
  await sleep(LEAD_MS);
  const fullFrom = Date.now();
  const fullUntil = fullFrom + (short ? 2_000 : 10_000);
  while (Date.now() < fullUntil) {
    small.fill();
    await sleep(REFILL_MS);
  }
  small.free();
  await sleep(LEAD_MS);
  const conclusion = await conclude(stage, fleet, await load.finish(), `disk-${seed}-`);
  return judgeOutage(conclusion, fullFrom, fullUntil);
}

function judgeOutage({ outcome, evidence }: Conclusion, from: number, until: number): Outcome {
  const seen = evidence.map((one) => one.seen);
  const refused = seen.filter(({ fate }) => fate === 'refused');
  const odd = seen.filter(
    ({ fate, errorCode }) => fate !== 'complete' && errorCode !== 'ledger_unavailable',
  );
  const after = seen.filter(({ startedAt }) => startedAt > until);
  return {
    ...outcome,
    problems: [
      ...outcome.problems,
      ...(refused.length === 0 ? ['no call was refused while the disk was full'] : []),
      ...odd.map(
        ({ label, fate, errorCode }) => `${label} was ${fate}: ${errorCode ?? 'no error'}`,
      ),
      ...(after.some(({ fate }) => fate === 'complete')
        ? []
        : ['no call went well with room again']),
    ],
    facts: {
      ...outcome.facts,
      'begun on a full disk': seen.filter(({ startedAt: at }) => at > from && at < until).length,
      'well afterwards': after.filter(({ fate }) => fate === 'complete').length,
    },
  };
}

function skipped(reason: string): Outcome {
  const counts = { calls: 0, ends: 0, cut: 0, kills: 0, lost: 0, double: 0, wrong: 0 };
  return { ...counts, problems: [reason], findings: [], facts: {}, skipped: true };
}
