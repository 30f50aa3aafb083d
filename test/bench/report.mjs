/** Figures as text. */
import { MODES } from './plan.mjs';

const MEGABYTE = 1_048_576;
const decimals = (count) => (number) => (Number.isFinite(number) ? number.toFixed(count) : '-');
const zero = decimals(0);
const two = decimals(2);
const three = decimals(3);
const signed = (number) => `${number < 0 ? '' : '+'}${two(number)}`;
const range = ({ median, min, max }) => `${two(median)} (${two(min)}..${two(max)})`;

const COLUMNS = [
  ['c', ({ concurrency }) => String(concurrency)],
  ['bare req/s', ({ bare }) => zero(bare.rate.median)],
  ['gw req/s', ({ gateway }) => zero(gateway.rate.median)],
  ['bare p50', ({ bare }) => two(bare.p50.median)],
  ['added p50', ({ addedP50 }) => signed(addedP50.median)],
  ['bare p99', ({ bare }) => two(bare.p99.median)],
  ['added p99', ({ addedP99 }) => signed(addedP99.median)],
  ['bare ttft', ({ bare }) => two(bare.firstP50.median)],
  ['added ttft', ({ addedFirst }) => signed(addedFirst.median)],
  ['bare cpu', ({ bare }) => three(bare.cpuMs.median)],
  ['gw http cpu', ({ gateway }) => three(gateway.cpuMs.median)],
  ['worker', ({ workerCpuMs }) => three(workerCpuMs.median)],
  ['postgres', ({ postgresCpuMs }) => three(postgresCpuMs.median)],
  ['cpu ratio (min..max)', ({ cpuRatio }) => range(cpuRatio)],
  ['calm rounds', ({ calmRounds }) => String(calmRounds)],
];

/** One table per mode; times in milliseconds, CPU in milliseconds per call. */
export function tables(results) {
  return [...new Set(results.map(({ mode }) => mode))].flatMap((mode) => [
    '',
    `${mode}: ${MODES[mode].title} (ms; cpu in ms per call)`,
    ...aligned(
      COLUMNS.map(([name]) => name),
      results
        .filter((result) => result.mode === mode)
        .map((result) => COLUMNS.map(([, read]) => read(result))),
    ),
  ]);
}

export function upstreamLines(upstream) {
  return [
    '',
    'the upstream alone, the sandbox replayed, on a core of its own (headroom: its rate over that of the',
    'gateway; where streams are paced, the rate that its CPU per call allows)',
    ...aligned(
      ['mode', 'req/s', 'cpu', 'gateway cpu / its', 'headroom'],
      upstream.map(({ mode, rate, cpuMs, cpuRatio, headroom }) => [
        mode,
        zero(rate),
        three(cpuMs),
        decimals(1)(cpuRatio),
        `${decimals(1)(headroom)}x${headroom < 5 ? ' (less than 5)' : ''}`,
      ]),
    ),
  ];
}

export function memoryLines({ bare, gateway, worker }, held) {
  const megabytes = (bytes) => `${zero(bytes / MEGABYTE)} MB`;
  const one = (name, { resident, peak }) =>
    `${name} ${megabytes(resident)} (at most ${megabytes(peak)})`;
  return [
    '',
    `resident after the load: ${one('gateway http', gateway)}, ${one('worker', worker)}, ${one('bare', bare)}`,
    ...Object.entries(held).map(
      ([process, { streams, before, most, after, cpuPerSecond }]) =>
        `${streams} open streams, ${process} gateway http: ${megabytes(before)} before, ${megabytes(most)} with them,` +
        ` ${megabytes(after)} after; ${zero(cpuPerSecond)} ms CPU a second`,
    ),
  ];
}

export function statementLines({ calls, statements }, logged) {
  const counted = statements?.reduce((sum, statement) => sum + statement.calls, 0);
  return [
    '',
    statements
      ? `database statements of the http process: ${counted} in ${calls} calls, ${(counted / calls).toFixed(4)} per call`
      : 'database statements were not counted: this Postgres has no pg_stat_statements',
    ...(statements ?? [])
      .slice(0, 5)
      .map(({ calls: times, query }) => `  ${String(times).padStart(6)}  ${query.slice(0, 100)}`),
    `calls answered ${logged.answered}, in the request log ${logged.completed}`,
  ];
}

export function disturbanceLines(disturbance) {
  if (!disturbance) return [];
  const [median, max] = [disturbance.median, disturbance.max].map((share) => zero(share * 100));
  return [
    `others took ${median} % of the measured core (at most ${max} % in one measurement); where no round was calm,`,
    'figures are those of a busy machine: run it again when nothing else runs',
  ];
}

/** The line that everything ends with. */
export function ratioLine(results, concurrency) {
  const ratio = (mode) =>
    results.find((result) => result.mode === mode && result.concurrency === concurrency)?.cpuRatio
      .median;
  return `cpu ratio: json ${two(ratio('json'))}, stream ${two(ratio('stream'))}`;
}

/** Lines of a table with columns of equal width, numbers to the right. */
export function aligned(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row) =>
    `  ${row.map((cell, column) => cell.padStart(widths[column])).join('  ')}`.trimEnd(),
  );
}
