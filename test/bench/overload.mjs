import { assignCores, describeCores } from './cores.mjs';
import { measureAt, othersShare, untilQuiet } from './measure.mjs';
import { bodyOf, cellOf, planOf, requestText, usualConcurrency } from './plan.mjs';
import { Stage } from './stage.mjs';

const TIMES = 3;
const SECONDS = 8;
const PEAK_SECONDS = 4;
const CONNECTIONS = 2_000;
/** Until the gateway knows that it is overloaded and has found its limit, and the clients have connected. */
const WARM_MS = 4_000;
const MARGIN_MS = 60_000;

/** Offers the gateway three times what it can do, in open loop, and prints what becomes of the calls. */
export async function runOverload(options, signal) {
  const plan = { ...planOf(options), seconds: options.seconds ?? SECONDS };
  const modes = options.modes ?? ['json', 'burst'];
  const cores = assignCores();
  console.log(describeCores(cores));
  // The gateway as it is by default: the rest of the bench has it take whatever comes.
  const stage = new Stage(cores, signal, { MAX_EVENT_LOOP_DELAY_MS: '70' });
  try {
    await stage.open();
    for (const mode of modes) {
      signal.throwIfAborted();
      for (const line of linesOf(mode, await overload(stage, plan, mode))) console.log(line);
    }
  } finally {
    await stage.close();
  }
}

async function overload(stage, plan, mode) {
  const cell = cellOf(plan, mode, usualConcurrency(plan), Math.min(PEAK_SECONDS, plan.seconds));
  const { load, gateway, worker, cores } = stage;
  await measureAt(stage, load, gateway, cell); // The first seconds of a process say nothing.
  await untilQuiet(stage);
  // What is posted meanwhile would take the core of the load generator.
  worker.signal('SIGSTOP');
  const result = await flood(stage, plan, cell).finally(() => worker.signal('SIGCONT'));
  await untilQuiet(stage);
  const others = othersShare(cores?.subject, result);
  return { others, ...result };
}

/** What the gateway can do, and what becomes of three times as much. */
async function flood(stage, plan, cell) {
  const { load, gateway } = stage;
  const { calls, seconds } = await measureAt(stage, load, gateway, cell);
  const peak = calls / seconds;
  const order = {
    url: gateway.url,
    request: requestText(bodyOf(cell), stage.apiKey),
    subject: gateway.pid,
    connections: CONNECTIONS,
    rate: TIMES * peak,
    warmMs: Math.min(WARM_MS, 2_000 * plan.seconds),
    measureMs: plan.seconds * 1000,
  };
  const result = await load.order('flood', order, order.warmMs + order.measureMs + MARGIN_MS);
  return { peak, rate: order.rate, ...result };
}

function linesOf(mode, { peak, rate, seconds, admitted, shed, ...rest }) {
  const goodput = admitted.count / seconds;
  const times = ({ count, p50, p99 }) =>
    count === 0 ? 'none' : `${count}, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  return [
    '',
    `${mode}: at most ${peak.toFixed(0)} calls/s in closed loop; ${rate.toFixed(0)} calls/s offered`,
    `  goodput ${goodput.toFixed(0)} calls/s, ${((100 * goodput) / peak).toFixed(0)} % of the peak`,
    `  admitted ${times(admitted)}`,
    `  shed ${times(shed)}; ${rest.faults} of them not as they should be${rest.fault ? `: ${rest.fault}` : ''}`,
    `  not sent for want of connections ${rest.unsent}, connections made ${rest.connections}, broken ${rest.broken}`,
    `  load generator: ${(rest.loadCpuMs / 10 / seconds).toFixed(0)} % of a core, at most ${rest.latest.toFixed(0)} ms late;` +
      ` gateway ${(rest.cpuMs / 10 / seconds).toFixed(0)} % of a core, others ${(100 * rest.others).toFixed(0)} % of it`,
  ];
}
