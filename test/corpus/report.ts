import type { CaseResult, Outcome } from './result.js';

type Kind = Outcome['kind'];
const KINDS: readonly Kind[] = ['passed', 'failed', 'known', 'not built'];

/** The lines that a run prints: a table by provider, what failed and why, and the count at the end. */
export function reportLines(results: readonly CaseResult[], verbose: boolean): string[] {
  return [
    ...table(results),
    ...section(
      'failed',
      results.flatMap((result) => failureLines(result, verbose)),
    ),
    ...section('known', results.flatMap(knownLines)),
    ...section('not built, by name', notBuiltLines(results, verbose)),
    ...(verbose
      ? section(
          'notes',
          results.flatMap((result) => result.notes.map((note) => `${result.name}: ${note}`)),
        )
      : []),
    '',
    summary(results),
  ];
}

/** The last line of a run. */
export function summary(results: readonly CaseResult[]): string {
  return `${countOf(results, 'passed')} passed, ${countOf(results, 'failed')} failed`;
}

export function countOf(results: readonly CaseResult[], kind: Kind): number {
  return results.filter((result) => result.outcome.kind === kind).length;
}

function table(results: readonly CaseResult[]): string[] {
  const folders = [...new Set(results.map((result) => result.folder))].sort();
  const row = (name: string, of: readonly CaseResult[]): string[] => [
    name,
    String(of.length),
    ...KINDS.map((kind) => String(countOf(of, kind))),
  ];
  const rows = [
    ['provider', 'cases', ...KINDS],
    ...folders.map((folder) =>
      row(
        folder,
        results.filter((result) => result.folder === folder),
      ),
    ),
    row('all', results),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function failureLines({ name, outcome }: CaseResult, verbose: boolean): string[] {
  if (outcome.kind !== 'failed') return [];
  const [first = '', ...rest] = outcome.problems;
  return [`${name}: ${first}`, ...(verbose ? rest.map((problem) => `  ${problem}`) : [])];
}

function knownLines({ name, outcome }: CaseResult): string[] {
  return outcome.kind === 'known' ? [`known: ${name} — ${outcome.reason}`] : [];
}

function notBuiltLines(results: readonly CaseResult[], verbose: boolean): string[] {
  const byName = new Map<string, string[]>();
  for (const { name, outcome } of results) {
    if (outcome.kind === 'not built')
      byName.set(outcome.missing, [...(byName.get(outcome.missing) ?? []), name]);
  }
  return [...byName]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([missing, names]) => `${missing} ${names.length}${verbose ? `: ${names.join(', ')}` : ''}`,
    );
}
