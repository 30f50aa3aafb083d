import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { CloseRecordService } from '../../src/billing/journal/close-record.service.js';
import type { JournalWriter } from '../../src/billing/journal/journal.writer.js';
import { GatewayError } from '../../src/core/errors.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { closeOf, identityOf } from '../support/journal.js';
import { connectAsGateway, faultsOf, makeWallet, quotaOf, TestProcess } from '../support/quotas.js';
import { makeTenant, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let service: DatabaseService;
let wallet: string;
let process: TestProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connectAsGateway(database.appUrl);
  service = new DatabaseService(
    Object.assign(new Environment(), { DATABASE_URL: database.appUrl }),
  );
  await makeTenant(rows, '1');
  wallet = await makeWallet(rows, 'org_1', '10');
  process = await TestProcess.register(rows, 'full');
  await process.lease([[wallet, '2']]);
});
afterAll(async () => {
  await service.onApplicationShutdown();
  await rows.close();
  await database.drop();
});
beforeEach(() => {
  jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
});

const full = {
  processId: 'full',
  append: () => Promise.reject(new GatewayError('ledger_unavailable')),
} as unknown as JournalWriter;

const close = closeOf('c', '0.25', {
  identity: identityOf({ organization: 'org_1' }),
  quotas: [['credit:org_1', 0, '1', '0.25', '0.25', '0']],
});

describe('the end of a call that the disk does not take', () => {
  it('is posted at once, from the slice of its process, and only once', async () => {
    const closes = new CloseRecordService(full, service);
    await closes.write(close);
    await closes.write(close);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25', leased: '1.75' });
    expect(await process.leases()).toEqual([[wallet, '1.75']]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('is lost aloud where the database does not take it either', async () => {
    const away = { pool: { query: () => Promise.reject(new Error('away')) } };
    const closes = new CloseRecordService(full, away as unknown as DatabaseService);
    await expect(closes.write(close)).rejects.toMatchObject({ code: 'ledger_unavailable' });
  });
});
