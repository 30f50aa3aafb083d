import { formatUsd } from '../../src/core/money.js';
import type { ScenarioResult } from './result.js';

const SHOWN_FINDINGS = 3;

const COLUMNS: readonly (readonly [title: string, cell: (result: ScenarioResult) => string])[] = [
  ['scenario', ({ name }) => name],
  ['seed', ({ seed }) => String(seed)],
  ['calls', ({ calls }) => String(calls)],
  ['ends seen', ({ ends }) => String(ends)],
  ['cut', ({ cut }) => String(cut)],
  ['kills', ({ kills }) => String(kills)],
  ['lost', ({ lost }) => String(lost)],
  ['double', ({ double }) => String(double)],
  ['wrong', ({ wrong }) => String(wrong)],
  ['verdict', ({ verdict }) => verdict],
  ['seconds', ({ seconds }) => seconds.toFixed(1)],
];

/** The lines that a run prints at its end: what went wrong in detail, a table, and the count. */
export function reportLines(results: readonly ScenarioResult[]): string[] {
  return [
    ...results.flatMap(details),
    '',
    ...table(results),
    '',
    ...results.flatMap(facts),
    ...skipped(results),
    summary(results),
  ];
}

/** The last line of a run. */
export function summary(results: readonly ScenarioResult[]): string {
  const count = (verdict: ScenarioResult['verdict']): number =>
    results.filter((result) => result.verdict === verdict).length;
  return `${count('passed')} passed, ${count('failed')} failed`;
}

/** A value as JSON; amounts of money as decimal USD. */
export function toJson(value: unknown, indent?: number): string {
  const plain = (_key: string, part: unknown): unknown =>
    typeof part === 'bigint' ? formatUsd(part) : part;
  return JSON.stringify(value, plain, indent);
}

function details({ name, problems, findings }: ScenarioResult): string[] {
  return [
    ...problems.map((problem) => `${name}: ${problem}`),
    ...findings.slice(0, SHOWN_FINDINGS).map(({ charge, because, evidence }) => {
      return `${name}: ${charge} ${evidence.seen.label}: ${because}\n${toJson(evidence, 2)}`;
    }),
  ];
}

/** What the count below does not count, and why. */
function skipped(results: readonly ScenarioResult[]): string[] {
  const reasons = results.flatMap(({ name, verdict, problems }) =>
    verdict === 'skipped' ? [`${name} (${problems.join('; ')})`] : [],
  );
  return reasons.length === 0 ? [] : [`${reasons.length} skipped: ${reasons.join(', ')}`];
}

function facts(result: ScenarioResult): string[] {
  const known = Object.entries(result.facts).map(([name, value]) => `${name} ${value}`);
  return known.length === 0 ? [] : [`${result.name}: ${known.join(', ')}`];
}

function table(results: readonly ScenarioResult[]): string[] {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...results.map((result) => COLUMNS.map(([, cell]) => cell(result))),
  ];
  const widths = COLUMNS.map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
}
