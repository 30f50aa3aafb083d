import { conclude } from '../conclude.js';
import { Load } from '../load.js';
import type { Order, Outcome } from '../result.js';
import type { Stage } from '../stage.js';
import { strikes } from '../strikes.js';
import { withBusyWriters } from '../writers.js';

/** kill -9 of random processes under streams: what a client saw the end of is booked, once and right. */
export async function kill(stage: Stage, order: Order): Promise<Outcome> {
  const { seed, short } = order;
  const fleet = await stage.startFleet('kill');
  const load = new Load(fleet, {
    scenario: 'kill',
    seed,
    clients: short ? 40 : 300,
    mix: { streams: 0.8, shortest: short ? 200 : 1_000, longest: short ? 800 : 3_000 },
  });
  const tooFew = await strikes(fleet.programs, short ? 10 : 200, order);
  const enough = short && tooFew.length === 0 ? 500 : 0;
  while (load.seen.length < enough) await load.next();
  const seen = await load.finish();
  const { outcome } = await conclude(stage, fleet, seen, `kill-${seed}-`);
  return withBusyWriters({ ...outcome, problems: [...tooFew, ...outcome.problems] }, seen);
}
