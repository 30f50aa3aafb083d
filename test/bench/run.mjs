import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/project.mjs';
import { assignCores, describeCores } from './cores.mjs';
import { compareRounds, disturbanceOf, perCall } from './figures.mjs';
import { countHotPathStatements } from './hot-path-statements.mjs';
import { machineFacts } from './machine.mjs';
import { measureBare, measureGateway, measureUpstream } from './measure.mjs';
import { holdOpenStreams } from './open-streams.mjs';
import { cellOf, cellsOf, planOf, usualConcurrency } from './plan.mjs';
import { memoryOf } from './process-usage.mjs';
import {
  disturbanceLines,
  memoryLines,
  ratioLine,
  upstreamLines,
  statementLines,
  tables,
} from './report.mjs';
import { writeResults } from './results.mjs';
import { Stage } from './stage.mjs';

const POSTING_LIMIT_MS = 30_000;
const POSTING_CHECK_MS = 500;

const say = (...lines) => console.log(lines.join('\n'));

/** Of each measurement; shorter ones only show that the benchmark works. */
const TRUE_SECONDS = 1;

/** Runs the benchmark, prints it and writes it as JSON to the folder `options.out`. */
export async function runBench(options, signal) {
  const plan = planOf(options);
  const machine = machineFacts();
  const cores = assignCores();
  say(
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load before ${machine.loadAverageBefore.join(' ')}`,
    describeCores(cores),
  );
  const stage = new Stage(cores, signal);
  try {
    await stage.open();
    if (plan.seconds >= TRUE_SECONDS) await stage.database.letLogGoRound();
    const figures = await measureAll(stage, plan, cores, signal);
    say(
      ...tables(figures.results),
      ...upstreamLines(figures.upstream),
      ...memoryLines(figures.memory, figures.held),
      ...statementLines(figures.hotPath, figures.logged),
      ...disturbanceLines(figures.disturbance),
    );
    const file = writeResults(plan.out, { machine, cores, plan, ...figures });
    say('', `written to ${path.relative(root, file)}`);
    say(ratioLine(figures.results, usualConcurrency(plan)));
  } finally {
    await stage.close();
  }
}

async function measureAll(stage, plan, cores, signal) {
  const counted = new CallCounter(stage);
  await warmUp(counted, plan, signal);
  const rounds = await measureRounds(counted, plan, signal);
  const results = [...rounds].map(([cell, measured]) => ({
    ...cell,
    ...compareRounds(measured),
    rounds: measured,
  }));
  const upstream = await measureUpstreamAlone(stage, plan, results, signal);
  const memory = {
    bare: memoryOf(stage.bare.pid),
    gateway: memoryOf(stage.gateway.pid),
    worker: memoryOf(stage.worker.pid),
  };
  signal.throwIfAborted();
  const hotPath = await countHotPathStatements(stage, plan);
  const logged = await counted.compareWithLog(hotPath.calls);
  const held = await holdOpenStreamsTwice(stage, plan);
  const disturbance = cores && disturbanceOf(results);
  return { results, upstream, memory, hotPath, logged, held, disturbance };
}

/** In the process that had all the load, and in one that was just started. */
async function holdOpenStreamsTwice(stage, plan) {
  const loaded = await holdOpenStreams(stage, stage.gateway, plan);
  await stage.gateway.program.stop();
  const fresh = await holdOpenStreams(stage, await stage.startGateway(), plan);
  return { loaded, fresh };
}

/** Runs the gateway's measurements and keeps count of the calls that were answered. */
class CallCounter {
  constructor(stage) {
    this.stage = stage;
    this.answered = 0;
  }

  async measure(subject, cell) {
    if (subject === 'bare') return measureBare(this.stage, cell);
    const measured = await measureGateway(this.stage, cell);
    this.answered += measured.allCalls;
    return measured;
  }

  /** Waits until the log has them all, but not forever. */
  async compareWithLog(more) {
    const answered = this.answered + more;
    const deadline = performance.now() + POSTING_LIMIT_MS;
    for (;;) {
      const { completed = 0 } = await this.stage.database.loggedCalls();
      if (completed >= answered || performance.now() > deadline) return { answered, completed };
      await sleep(POSTING_CHECK_MS);
    }
  }
}

/** The first seconds of a process say nothing about the ones to come. */
async function warmUp(counter, plan, signal) {
  if (plan.warmUpSeconds === 0) return;
  for (const mode of plan.modes)
    for (const subject of ['bare', 'gateway']) {
      signal.throwIfAborted();
      await counter.measure(
        subject,
        cellOf(plan, mode, usualConcurrency(plan), plan.warmUpSeconds),
      );
    }
}

/** Bare proxy and gateway in turn, cell by cell, the order changing from round to round. */
async function measureRounds(counter, plan, signal) {
  const rounds = new Map(cellsOf(plan).map((cell) => [cell, []]));
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const [cell, measured] of rounds) {
      const order = round % 2 === 0 ? ['bare', 'gateway'] : ['gateway', 'bare'];
      const both = {};
      for (const subject of order) {
        signal.throwIfAborted();
        both[subject] = await counter.measure(subject, cell);
      }
      measured.push(both);
    }
    say(`round ${round + 1} of ${plan.rounds} done`);
  }
  return rounds;
}

async function measureUpstreamAlone(stage, plan, results, signal) {
  const alone = [];
  for (const mode of plan.modes) {
    signal.throwIfAborted();
    const cell = cellOf(plan, mode, usualConcurrency(plan));
    const { rate, cpuMs } = perCall(await measureUpstream(stage, cell));
    const { gateway } = results.find(
      (result) => result.mode === mode && result.concurrency === cell.concurrency,
    );
    // Where streams are paced, what it could do follows from its CPU.
    const most = cell.chunksPerSecond ? 1000 / cpuMs : rate;
    const headroom = most / gateway.rate.median;
    alone.push({ mode, rate: most, cpuMs, headroom, cpuRatio: gateway.cpuMs.median / cpuMs });
  }
  return alone;
}
