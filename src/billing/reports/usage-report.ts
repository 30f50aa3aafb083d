import { formatUsd, parseUsd } from '../../core/money.js';
import { Amount, type Cell } from './csv.js';
import type { ReportGroup } from './report-terms.js';
import type { UsageFiguresView, UsageReportRow } from './usage-report.dto.js';
import type { UsageTotals } from './usage-totals.js';

const COUNTS = [
  'requests',
  'prompt_tokens',
  'cached_tokens',
  'completion_tokens',
  'reasoning_tokens',
] as const;
const AMOUNTS = ['charged', 'own_credentials_cost'] as const;
/** What the platform pays is for operators alone. */
const PLATFORM_AMOUNTS = [...AMOUNTS, 'list_cost', 'provider_cost'] as const;

/** A group as the API shows it; `isWhole`: with what the platform pays. */
export function reportRow(
  groups: readonly ReportGroup[],
  totals: UsageTotals,
  isWhole: boolean,
): UsageReportRow {
  const keys = groups.map((group, at): [string, string | null] => [group, keyAt(totals, at)]);
  return Object.assign(Object.fromEntries(keys), figuresOf(totals, isWhole));
}

/** The sum of groups, exact. */
export function sumOfGroups(rows: readonly UsageTotals[], isWhole: boolean): UsageFiguresView {
  const counts = COUNTS.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0n)]);
  const amounts = PLATFORM_AMOUNTS.map((name) => [
    name,
    formatUsd(rows.reduce((sum, row) => sum + parseUsd(row[name]), 0n)),
  ]);
  const total = Object.fromEntries([...counts, ...amounts]) as Omit<UsageTotals, 'keys'>;
  return figuresOf({ keys: [], ...total }, isWhole);
}

/** The names of the columns of a report as CSV. */
export function csvNames(groups: readonly string[], isWhole: boolean): string[] {
  return [...groups, ...COUNTS, ...amountsFor(isWhole)];
}

/** A group as a line of CSV. */
export function csvRow(totals: UsageTotals, isWhole: boolean): Cell[] {
  return [
    ...totals.keys,
    ...COUNTS.map((name) => totals[name]),
    ...amountsFor(isWhole).map((name) => new Amount(totals[name])),
  ];
}

function figuresOf(totals: UsageTotals, isWhole: boolean): UsageFiguresView {
  const counts = COUNTS.map((name) => [name, Number(totals[name])]);
  const amounts = amountsFor(isWhole).map((name) => [name, totals[name]]);
  return Object.fromEntries([...counts, ...amounts]) as UsageFiguresView;
}

function amountsFor(isWhole: boolean): readonly (typeof PLATFORM_AMOUNTS)[number][] {
  return isWhole ? PLATFORM_AMOUNTS : AMOUNTS;
}

function keyAt({ keys }: UsageTotals, place: number): string | null {
  const key = keys[place] ?? '';
  return key === '' ? null : key;
}
