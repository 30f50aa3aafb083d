import type { ReportFormat } from './usage-query.dto.js';

const CSV = /(?:^|,)\s*text\/csv\s*(?:[;,]|$)/i;

/** Whether an answer is to be CSV: where the query does not say, as the header Accept has it. */
export function wantsCsv(format: ReportFormat | undefined, accept: string | undefined): boolean {
  return format === undefined ? CSV.test(accept ?? '') : format === 'csv';
}
