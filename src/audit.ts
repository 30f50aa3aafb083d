import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule, LedgerAuditService, type AuditReport } from './billing/index.js';
import { PlatformModule } from './platform/platform.module.js';

const WIDTHS = { invariant: 5, rows: 6 };

@Module({ imports: [PlatformModule, AuditModule] })
class ProgramModule {}

try {
  process.exitCode = await audit();
} catch (error) {
  console.error(`[audit] ${error instanceof Error ? error.message.trim() : String(error)}`);
  process.exitCode = 1;
}

/** Looks at all books. Exit status 0 where every invariant holds. */
async function audit(): Promise<number> {
  const app = await NestFactory.createApplicationContext(ProgramModule, {
    abortOnError: false,
    logger: ['fatal'],
  });
  try {
    const report = await app.get(LedgerAuditService).run('full');
    print(report);
    return report.violations + report.failures === 0 ? 0 : 1;
  } finally {
    await app.close();
  }
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
