/** Pure reading of a V8 CPU profile. */

/**
 * Self time by function between two moments, in microseconds of the monotonic clock.
 *
 * @returns {{name: string, place: {group: string, file: string}, microseconds: number}[]}
 */
export function selfTimes({ nodes, samples, timeDeltas, startTime }, begin, end) {
  const times = new Map();
  let now = startTime;
  for (const [index, id] of samples.entries()) {
    now += timeDeltas[index];
    // A sample tells what ran until the next one was taken.
    const length = timeDeltas[index + 1] ?? 0;
    if (now >= begin && now < end) times.set(id, (times.get(id) ?? 0) + length);
  }
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  return Array.from(times, ([id, microseconds]) => {
    const { functionName, url, lineNumber } = byId.get(id);
    const name = functionName || '(anonymous)';
    return { name, place: placeOf(name, url, lineNumber + 1), microseconds };
  });
}

/** Sums, largest first. */
export function totalsBy(times, keyOf) {
  const totals = new Map();
  for (const time of times) {
    const key = keyOf(time);
    totals.set(key, (totals.get(key) ?? 0) + time.microseconds);
  }
  return [...totals].sort(([, a], [, b]) => b - a);
}

/** Which package or folder of ours a function belongs to, and its file with the line. */
function placeOf(name, url, line) {
  if (url === '') return { group: name.startsWith('(') ? name : 'V8 and native', file: '' };
  if (url.startsWith('node:')) {
    const parts = url.split('/');
    return { group: parts.slice(0, 2).join('/'), file: `${url}:${line}` };
  }
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)$/.exec(url);
  if (inPackage) return { group: inPackage[1], file: `${inPackage[1]}/${inPackage[2]}:${line}` };
  const ours = /.*\/(dist|test)\/(.*)$/.exec(url);
  if (!ours) return { group: 'other', file: `${url}:${line}` };
  const folders = ours[2].split('/').slice(0, -1);
  return {
    group: [ours[1], ...folders.slice(0, 2)].join('/'),
    file: `${ours[1]}/${ours[2]}:${line}`,
  };
}
