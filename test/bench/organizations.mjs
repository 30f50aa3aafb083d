import path from 'node:path';
import { root } from '../../scripts/project.mjs';
import { assignCores, describeCores } from './cores.mjs';
import { machineFacts } from './machine.mjs';
import { othersShare, untilQuiet } from './measure.mjs';
import { fillOrganizations } from './organization-rows.mjs';
import { organizationLines } from './organizations-report.mjs';
import { bodyOf, requestText } from './plan.mjs';
import { cpuOf, cpuOfFamily, giveWay, memoryOf } from './process-usage.mjs';
import { writeResults } from './results.mjs';
import { Stage } from './stage.mjs';

const USUAL = { tenants: 10_000, rounds: 3, seconds: 10, busyRate: 300, meetingRate: 200, seed: 1 };
const CONNECTIONS = { busy: 32, other: 128 };
const WARM_SECONDS = 2;
const MARGIN_MS = 60_000;

/**
 * One busy organization, alone, beside another one, and beside ten thousand that make a call a minute each; prints what
 * it notices of them, and writes it as JSON to the folder `options.out`. How much of that is the core which client and
 * provider share with Postgres here is told by a fourth case: beside the other one, with a program that takes as much of
 * that core as Postgres does for the ten thousand.
 */
export async function runOrganizations(options, signal) {
  const plan = planOf(options);
  const machine = machineFacts();
  const cores = assignCores();
  console.log(describeCores(cores));
  const stage = new Stage(cores, signal);
  try {
    await stage.open();
    // What stands for other machines, client and provider, shares a core with them and must not wait for them.
    for (const { pid } of [stage.worker, stage.postgres]) giveWay(pid);
    const bench = new OrganizationsBench(stage, plan);
    const figures = await bench.measure(signal);
    for (const line of organizationLines(plan, figures)) console.log(line);
    const file = writeResults(options.out, { machine, cores, plan, ...figures });
    console.log(`\nwritten to ${path.relative(root, file)}`);
  } finally {
    await stage.close();
  }
}

function planOf({ tenants, rounds, seconds }) {
  const wanted = Object.entries({ tenants, rounds, seconds }).filter(([, value]) => value > 0);
  const plan = { ...USUAL, ...Object.fromEntries(wanted) };
  const warmSeconds = Math.min(WARM_SECONDS, plan.seconds);
  return { ...plan, warmSeconds, seldomRate: plan.tenants / 60 };
}

class OrganizationsBench {
  #stage;
  #plan;
  #otherKey;

  constructor(stage, plan) {
    this.#stage = stage;
    this.#plan = plan;
  }

  async measure(signal) {
    const { rounds, warmSeconds } = this.#plan;
    await this.#fill();
    await this.#mix([this.#busy()], { warmSeconds, seconds: warmSeconds }); // The first seconds say nothing.
    const memory = { before: this.#resident() };
    const before = await this.#case('alone');
    const meeting = await this.#meeting();
    memory.met = this.#resident();
    const measured = [];
    for (let round = 0; round < rounds; round += 1) {
      const names = ['alone', 'another', 'many'];
      if (round % 2 === 1) names.reverse();
      names.push('occupied');
      const cases = {};
      for (const name of names) {
        signal.throwIfAborted();
        cases[name] = await this.#case(name, cases);
      }
      measured.push(cases);
      console.log(`round ${round + 1} of ${rounds} done`);
    }
    return { before, meeting, rounds: measured, memory: { ...memory, after: this.#resident() } };
  }

  /** The many, and one more that is the other busy one. */
  async #fill() {
    const { tenants, seed } = this.#plan;
    const [otherKey, ...keys] = await fillOrganizations(this.#stage.postgres.ownerUrl, tenants + 1);
    this.#otherKey = otherKey;
    const body = bodyOf({ mode: 'json' });
    await this.#stage.load.order('learn', { body, keys, seed }, MARGIN_MS);
  }

  /** Each of the many for the first time: nothing of its key and its limits is in memory. */
  #meeting() {
    const { tenants, meetingRate } = this.#plan;
    const part = { name: 'other', rate: meetingRate, connections: CONNECTIONS.other };
    return this.#mix([part], { warmSeconds: 0, seconds: tenants / meetingRate });
  }

  async #case(name, measured) {
    const { seldomRate, warmSeconds, seconds } = this.#plan;
    const other = { name: 'other', rate: seldomRate, connections: CONNECTIONS.other };
    const another = [this.#busy(), { ...other, request: this.#request(this.#otherKey) }];
    const parts = {
      alone: [this.#busy()],
      another,
      many: [this.#busy(), other],
      occupied: another,
    };
    const mix = () => this.#mix(parts[name], { warmSeconds, seconds });
    return name === 'occupied' ? this.#beside(occupiedMs(measured), mix) : mix();
  }

  /** Measures while a program takes so many milliseconds a second of the core that Postgres is on, and gives way as it. */
  async #beside(milliseconds, measure) {
    const stage = this.#stage;
    const occupant = stage.start('test/bench/occupant.mjs', {
      core: stage.cores?.background,
      env: { OCCUPIED_MS: String(milliseconds) },
    });
    await occupant.ready();
    giveWay(occupant.pid);
    const result = await measure();
    await occupant.stop();
    return result;
  }

  #busy() {
    const { busyRate: rate } = this.#plan;
    const request = this.#request(this.#stage.apiKey);
    return { name: 'busy', rate, connections: CONNECTIONS.busy, request };
  }

  #request(key) {
    return requestText(bodyOf({ mode: 'json' }), key);
  }

  /** Also tells what worker and Postgres used until all of it was posted, and how often the gateway leased. */
  async #mix(parts, { warmSeconds, seconds }) {
    const { load, gateway, worker, postgres, database, cores } = this.#stage;
    await untilQuiet(this.#stage);
    const used = async () => ({
      workerCpuMs: cpuOf(worker.pid),
      postgresCpuMs: cpuOfFamily(postgres.pid),
      leaseStatements: await database.leaseStatements(),
    });
    const before = await used();
    const order = { url: gateway.url, subject: gateway.pid, parts };
    const times = { warmMs: 1000 * warmSeconds, measureMs: 1000 * seconds };
    const limit = times.warmMs + times.measureMs + MARGIN_MS;
    const result = await load.order('mixture', { ...order, ...times }, limit);
    const leaseStatements = (await database.leaseStatements()) - before.leaseStatements;
    await untilQuiet(this.#stage);
    const after = await used();
    const [first] = parts;
    const measured = result.parts[first.name].seconds;
    return {
      ...result,
      seconds: measured,
      others: othersShare(cores?.subject, { ...result, seconds: measured }),
      allSeconds: warmSeconds + seconds,
      leaseStatements,
      workerCpuMs: after.workerCpuMs - before.workerCpuMs,
      postgresCpuMs: after.postgresCpuMs - before.postgresCpuMs,
    };
  }

  #resident() {
    const { gateway, worker } = this.#stage;
    return { gateway: memoryOf(gateway.pid).resident, worker: memoryOf(worker.pid).resident };
  }
}

/** What Postgres and worker take a second of the core that they share, beside the many more than beside the other one. */
function occupiedMs({ many, another }) {
  const used = ({ postgresCpuMs, workerCpuMs, allSeconds }) =>
    (postgresCpuMs + workerCpuMs) / allSeconds;
  return Math.max(0, used(many) - used(another));
}
