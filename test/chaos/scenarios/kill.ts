import { setTimeout as sleep } from 'node:timers/promises';
import { conclude } from '../conclude.js';
import type { Fleet } from '../fleet.js';
import type { KeptProgram } from '../kept-program.js';
import { Load } from '../load.js';
import { Random } from '../random.js';
import type { Order, Outcome } from '../result.js';
import type { Stage } from '../stage.js';

const LONGEST_STORM_MS = 900_000;
/** How much of the kills come while the process starts. */
const IN_THE_BUD = 0.15;

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
  const wanted = short ? 10 : 200;
  const killed = await storm(fleet, wanted, order);
  const enough = short ? 500 : 0;
  while (load.seen.length < enough && killed === wanted) await load.next();
  const { outcome } = await conclude(stage, fleet, await load.finish(), `kill-${seed}-`);
  const tooFew =
    killed < wanted ? [`only ${killed} of ${wanted} kills in ${LONGEST_STORM_MS} ms`] : [];
  return { ...outcome, problems: [...tooFew, ...outcome.problems] };
}

/** Kills all processes at random, each on its own, until there were so many kills; gives how many. */
async function storm(fleet: Fleet, wanted: number, { seed, short, say }: Order): Promise<number> {
  const deadline = performance.now() + LONGEST_STORM_MS;
  let left = wanted;
  const strike = async (program: KeptProgram, random: Random): Promise<void> => {
    while (left > 0 && performance.now() < deadline) {
      if (random.chance(IN_THE_BUD)) await sleep(random.between(0, 800));
      else {
        await program.ready();
        await sleep(random.between(0, short ? 1_500 : 4_000));
      }
      if (left <= 0) return;
      left--;
      if (!(await program.kill())) left++;
      else if (left % 25 === 0) say(`kill: ${wanted - left} of ${wanted}`);
    }
  };
  await Promise.all(
    fleet.programs.map((program, at) => strike(program, new Random(seed, `storm ${at}`))),
  );
  return wanted - left;
}
