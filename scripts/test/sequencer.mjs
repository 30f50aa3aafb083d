import path from 'node:path';
import { root } from '../project.mjs';

/** What starts processes comes first, so that no long file is left when all others are done. The longest are named. */
const ORDER = [
  /^test\/chaos\/chaos\b/,
  /^test\/e2e\/(production|start|docs)\b/,
  /^test\/e2e\//,
  /^test\/(bench|corpus|sweep)\/[^/]+$/,
  /^test\/integration\//,
];

/** Gives Jest the spec files in an order that needs no earlier run; of a kind, the largest is first. */
export default class Sequencer {
  /**
   * @param {{path: string, context: {hasteFS: {getSize(path: string): number | null}}}[]} tests
   * @returns the same, in the order in which they are begun
   */
  sort(tests) {
    const weighed = tests.map((test) => ({
      test,
      rank: rankOf(test.path),
      size: test.context.hasteFS.getSize(test.path) ?? 0,
    }));
    weighed.sort((one, other) => one.rank - other.rank || other.size - one.size);
    return weighed.map(({ test }) => test);
  }

  /** Nothing is kept of earlier runs. */
  allFailedTests() {
    return [];
  }

  /** Nothing is kept of earlier runs. */
  cacheResults() {}
}

function rankOf(file) {
  const name = path.relative(root, file).split(path.sep).join('/');
  const at = ORDER.findIndex((pattern) => pattern.test(name));
  return at === -1 ? ORDER.length : at;
}
