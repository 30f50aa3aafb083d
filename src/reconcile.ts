import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Module } from '@nestjs/common';
import {
  BillModule,
  BillReconciliationService,
  billDatabaseOfPool,
  isDay,
  readCsvBill,
  type BillComparison,
} from './billing/index.js';
import { DatabaseService } from './platform/database.service.js';
import { PlatformModule } from './platform/platform.module.js';
import { runProgram, withServices } from './platform/program.adapter.js';

const USAGE = `usage: npm run reconcile -- --provider <id> --file <bill.csv> [--from <day>] [--to <day>] [--dry-run]
The bill has the columns day (UTC, such as 2026-01-31), model and amount (USD); its last line is total,,<sum>.`;

@Module({ imports: [PlatformModule, BillModule] })
class ProgramModule {}

await runProgram('reconcile', reconcile);

/** Compares a bill with the books; what it differs by is posted, unless it is only a trial. */
async function reconcile(): Promise<number> {
  const { provider, file, from, to, 'dry-run': isDry } = readArguments();
  if (provider === undefined || file === undefined) throw new Error(USAGE);
  requireDay('--from', from);
  requireDay('--to', to);
  if (from !== undefined && to !== undefined && from > to)
    throw new Error(`--from ${from} is after --to ${to}`);
  const items = readCsvBill(readFileSync(file, 'utf8'));
  return withServices(ProgramModule, ['fatal'], async (app) => {
    const comparison = await app
      .get(BillReconciliationService)
      .reconcile(billDatabaseOfPool(app.get(DatabaseService).pool), {
        providerId: provider,
        origin: 'csv',
        items,
        strictness: 'known_models_only',
        from,
        to,
        isDry,
      });
    print(comparison, isDry);
    return 0;
  });
}

function readArguments() {
  const given: unknown = JSON.parse(process.env['PROGRAM_ARGUMENTS'] ?? '[]');
  const { values } = parseArgs({
    args: Array.isArray(given) ? given.map(String) : [],
    options: {
      provider: { type: 'string' },
      file: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  return values;
}

function requireDay(name: string, day: string | undefined): void {
  if (day !== undefined && !isDay(day))
    throw new Error(`${name} must be a day such as 2026-01-31, not ${JSON.stringify(day)}`);
}

function print(comparison: BillComparison, isDry: boolean): void {
  const { differences, billed, booked, posted, is_alarming: isAlarming } = comparison;
  for (const line of differences) {
    if (line.difference === '0') continue;
    const { day, model, difference } = line;
    console.log(
      `[reconcile] ${day} ${model || '(no model)'}: billed ${line.billed}, booked ${line.booked}, difference ${difference}`,
    );
  }
  console.log(`[reconcile] billed ${billed} USD, booked ${booked} USD`);
  console.log(`[reconcile] ${isDry ? 'would post' : 'posted'} ${posted} USD to suspense`);
  if (isAlarming) console.log('[reconcile] that is more than a dollar and a hundredth of the bill');
}
