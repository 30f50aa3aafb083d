import { setTimeout as sleep } from 'node:timers/promises';
import type { KeptProgram } from './kept-program.js';
import { Random } from './random.js';
import type { Order } from './result.js';

const LONGEST_STORM_MS = 900_000;
/** How much of the kills come while the process starts. */
const IN_THE_BUD = 0.15;

/** Kills processes at random, each on its own, until there were so many kills; gives a problem where there were fewer. */
export async function strikes(
  programs: readonly KeptProgram[],
  wanted: number,
  { seed, short, say }: Order,
): Promise<readonly string[]> {
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
      else if (left % 25 === 0) say(`${wanted - left} of ${wanted} kills`);
    }
  };
  await Promise.all(
    programs.map((program, at) => strike(program, new Random(seed, `storm ${at}`))),
  );
  return left > 0 ? [`only ${wanted - left} of ${wanted} kills in ${LONGEST_STORM_MS} ms`] : [];
}
