import { writeFileSync } from 'node:fs';

/**
 * Writes `{passed, failed, skipped}` to the file named by `TEST_SUMMARY_FILE`, and lists the tests
 * that did not run; the reason is part of their title. `scripts/test.mjs` prints the last line from
 * it, after everything that other reporters and Jest itself may print.
 *
 * A file that cannot be loaded is one failure. With `-t`, tests of other names are not counted.
 */
export default class SummaryReporter {
  #pattern;

  constructor(globalConfig) {
    this.#pattern = new RegExp(globalConfig.testNamePattern || '', 'i');
  }

  /** @param {Set<unknown>} _contexts @param {import('@jest/test-result').AggregatedResult} results */
  onRunComplete(_contexts, results) {
    const tests = results.testResults.flatMap((file) => file.testResults);
    const notRun = tests.filter(
      ({ status, fullName }) =>
        ['pending', 'todo', 'skipped', 'disabled'].includes(status) && this.#pattern.test(fullName),
    );
    if (notRun.length > 0) {
      console.log('\nSkipped:');
      for (const test of notRun) console.log(`  ${test.fullName} (${test.status})`);
    }
    const broken = results.testResults.filter((file) => file.testExecError !== undefined);
    const summary = {
      passed: tests.filter(({ status }) => status === 'passed').length,
      failed: tests.filter(({ status }) => status === 'failed').length + broken.length,
      skipped: notRun.length,
    };
    const file = process.env.TEST_SUMMARY_FILE;
    if (file) writeFileSync(file, JSON.stringify(summary));
  }
}
