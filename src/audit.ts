import 'reflect-metadata';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { AuditModule, LedgerAuditService, type AuditReport } from './billing/index.js';
import { PlatformModule } from './platform/platform.module.js';
import { runProgram, withServices } from './platform/program.adapter.js';

const WIDTHS = { invariant: 5, rows: 6 };

@Module({ imports: [PlatformModule, AuditModule] })
class ProgramModule {}

await runProgram('audit', () => withServices(ProgramModule, ['fatal'], audit));

/** Looks at all books. Exit status 0 where every invariant holds. */
async function audit(app: INestApplicationContext): Promise<number> {
  const report = await app.get(LedgerAuditService).run('full');
  print(report);
  return report.violations + report.failures === 0 ? 0 : 1;
}

function print({ results, violations, failures }: AuditReport): void {
  for (const { invariant, meaning, rows, examples, error } of results) {
    const found = error === null ? String(rows) : 'failed';
    const place = `${invariant.padEnd(WIDTHS.invariant)}${found.padStart(WIDTHS.rows)}`;
    console.log(`[audit] ${place}  ${meaning}`);
    for (const { subject, detail } of examples) console.log(`[audit]        ${subject}: ${detail}`);
    if (error !== null) console.log(`[audit]        ${error}`);
  }
  const end = failures === 0 ? '' : `, ${failures} queries did not come to an end`;
  console.log(`[audit] ${violations} rows${end}`);
}
