import { describe, expect, it } from '@jest/globals';
import { reportLines } from './report.js';
import type { ScenarioResult } from './result.js';

const result = (
  name: string,
  verdict: ScenarioResult['verdict'],
  ...problems: string[]
): ScenarioResult => ({
  ...{ name, seed: 1, verdict, problems, findings: [], facts: {}, seconds: 1 },
  ...{ calls: 0, ends: 0, cut: 0, kills: 0, lost: 0, double: 0, wrong: 0 },
});
const lastLines = (...results: ScenarioResult[]) => reportLines(results).slice(-2);

describe('reportLines', () => {
  it('ends with the count of what was run, after what was not and why', () => {
    const ran = [result('kill', 'passed'), result('leave', 'failed', 'it is lost')];
    const notRun = [result('rate', 'skipped', 'minutes'), result('disk', 'skipped', 'no root')];
    expect(lastLines(...ran, ...notRun)).toEqual([
      '2 skipped: rate (minutes), disk (no root)',
      '1 passed, 1 failed',
    ]);
  });

  it('says nothing of skipping where all was run', () => {
    expect(lastLines(result('kill', 'passed'))).toEqual(['', '1 passed, 0 failed']);
  });
});
