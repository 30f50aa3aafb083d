import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { assignCores, describeCores } from './cores.mjs';
import { perCall } from './figures.mjs';
import { measureAt, untilQuiet } from './measure.mjs';
import { cellOf, planOf, usualConcurrency } from './plan.mjs';
import { selfTimes, totalsBy } from './profile-times.mjs';
import { Stage } from './stage.mjs';

const TOP = 25;
const SECONDS = 8;
const WARM_UP_SECONDS = 3;
const INTERVAL_MICROSECONDS = 250;

/** Runs gateway and bare proxy under the CPU profiler and prints where their time goes. */
export async function runProfile(options, signal) {
  const plan = planOf(options);
  const cores = assignCores();
  console.log(describeCores(cores));
  const stage = new Stage(cores, signal);
  try {
    await stage.open();
    // They would only take time; each profile has a process of its own.
    await Promise.all([stage.gateway.program.stop(), stage.bare.program.stop()]);
    for (const mode of plan.modes)
      for (const name of ['bare', 'gateway']) {
        signal.throwIfAborted();
        print(mode, name, await profile(stage, name, plan, mode, options));
      }
  } finally {
    await stage.close();
  }
}

async function profile(stage, name, plan, mode, options) {
  const folder = mkdtempSync(path.join(stage.place, 'profile-'));
  const nodeOptions = [
    '--cpu-prof',
    `--cpu-prof-dir=${folder}`,
    `--cpu-prof-interval=${INTERVAL_MICROSECONDS}`,
  ];
  const subject = await (name === 'bare'
    ? stage.startBare(nodeOptions)
    : stage.startGateway(nodeOptions));
  const cell = cellOf(plan, mode, usualConcurrency(plan), options.seconds ?? SECONDS);
  await measureAt(stage, stage.load, subject, { ...cell, measureMs: WARM_UP_SECONDS * 1000 });
  await untilQuiet(stage);
  const begin = process.hrtime.bigint() + BigInt(cell.warmMs) * 1_000_000n;
  const measured = await measureAt(stage, stage.load, subject, cell);
  const end = begin + BigInt(Math.round(measured.seconds * 1e9));
  await subject.program.stop();
  return { ...perCall(measured), calls: measured.calls, samples: samplesOf(folder, begin, end) };
}

/** The profile of the main thread is the one that knows most functions. */
function samplesOf(folder, begin, end) {
  const profiles = readdirSync(folder).map((file) =>
    JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
  );
  const [main] = profiles.sort((a, b) => b.nodes.length - a.nodes.length);
  return selfTimes(main, Number(begin / 1_000n), Number(end / 1_000n));
}

function print(mode, name, { rate, cpuMs, calls, samples }) {
  const busy = samples.filter((sample) => sample.name !== '(idle)');
  const total = busy.reduce((sum, { microseconds }) => sum + microseconds, 0);
  const lines = (entries) =>
    entries.slice(0, TOP).map(([label, microseconds]) => {
      const share = ((100 * microseconds) / total).toFixed(1);
      return `${share.padStart(6)} % ${(microseconds / calls).toFixed(1).padStart(8)}  ${label}`;
    });
  console.log(
    [
      '',
      `=== ${mode}, ${name}: ${rate.toFixed(0)} calls/s, ${cpuMs.toFixed(3)} ms CPU per call under the profiler;`,
      `    ${(total / calls / 1000).toFixed(3)} ms of it on the main thread in what follows, the rest in system calls of`,
      '    the event loop (waiting, reading), which V8 takes for idling, and in other threads',
      '   share  µs/call  package or folder',
      ...lines(totalsBy(busy, ({ place }) => place.group)),
      '   share  µs/call  function, self time',
      ...lines(totalsBy(busy, (sample) => `${sample.name}  ${sample.place.file}`)),
    ].join('\n'),
  );
}
