/** Pure arithmetic on what was measured. */

/** A process that shares its core finds more to do at each turn, and so needs less CPU for it. */
const CALM = 0.25;

/** The value below which this share (0 to 1) of the sorted numbers lies; NaN of none. */
export function percentile(sorted, share) {
  if (sorted.length === 0) return NaN;
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Median and the range around it. */
export function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/** What one measurement of a subject says about a call. */
export function perCall({ calls, seconds, cpuMs, p50, p99, firstP50 }) {
  return { rate: calls / seconds, cpuMs: cpuMs / calls, p50, p99, firstP50 };
}

/**
 * Compares the rounds of one cell: bare proxy and gateway were measured side by side in each, so that what
 * disturbs the machine for a while disturbs both. The CPU ratio is that of the rounds which others left alone, if
 * there are any.
 *
 * @param {{bare: object, gateway: object}[]} rounds
 */
export function compareRounds(rounds) {
  const each = rounds.map(({ bare, gateway }) => ({
    bare: perCall(bare),
    gateway: perCall(gateway),
  }));
  const of = (read) => spread(each.map(read));
  const calm = each.filter((_, index) => isCalm(rounds[index]));
  const cpuRatios = (calm.length > 0 ? calm : each).map(
    ({ bare, gateway }) => gateway.cpuMs / bare.cpuMs,
  );
  const side = (name) =>
    Object.fromEntries(Object.keys(each[0][name]).map((key) => [key, of((one) => one[name][key])]));
  return {
    bare: side('bare'),
    gateway: side('gateway'),
    addedP50: of(({ bare, gateway }) => gateway.p50 - bare.p50),
    addedP99: of(({ bare, gateway }) => gateway.p99 - bare.p99),
    addedFirst: of(({ bare, gateway }) => gateway.firstP50 - bare.firstP50),
    cpuRatio: spread(cpuRatios),
    calmRounds: calm.length,
    workerCpuMs: spread(rounds.map(({ gateway }) => gateway.workerCpuMs / gateway.allCalls)),
    postgresCpuMs: spread(rounds.map(({ gateway }) => gateway.postgresCpuMs / gateway.allCalls)),
  };
}

/** Whether both measurements of a round had the core nearly to themselves; also where nobody can tell. */
function isCalm({ bare, gateway }) {
  return [bare, gateway].every(({ others }) => !(others > CALM));
}

/** How much of the measured core other processes took, as a share of the time: the noise of the machine. */
export function disturbanceOf(results) {
  const all = results.flatMap(({ rounds }) =>
    rounds.flatMap(({ bare, gateway }) => [bare, gateway]),
  );
  return spread(all.map(({ others }) => others));
}
