import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { Logger } from '@nestjs/common';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { insertKey, startKeyProcess, type KeyProcess } from '../support/key-process.js';
import { connect, makeTenant, until, type Rows } from '../support/tenant.js';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let rows: Rows;
let proxy: DatabaseProxy;
let process: KeyProcess;
let tenant = '0';

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connect(database.url);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});
beforeEach(async () => {
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  proxy = await startDatabaseProxy(database.appUrl);
  process = await startKeyProcess(proxy.url);
  tenant = String(Number(tenant) + 1);
  await makeTenant(rows, tenant);
});
afterEach(async () => {
  jest.restoreAllMocks();
  proxy.mend();
  await process.close();
  await proxy.close();
});

const lost = () => until(() => !process.invalidation.isCurrent(performance.now()), 'the gap');

describe.each(['cut', 'freeze'] as const)('while Postgres is away (%s)', (way) => {
  it('a key in memory goes on, one that is not has to wait', async () => {
    const warm = await insertKey(rows, tenant);
    const cold = await insertKey(rows, tenant);
    expect(await process.verdict(warm.key)).toBe('ok');
    proxy[way]();
    await lost();
    expect(await process.verdict(warm.key)).toBe('ok');
    // Not even a look, for a while.
    expect(process.keys.authenticate(warm.key)).not.toBeInstanceOf(Promise);
    expect(await process.verdict(cold.key)).toBe('503 ledger_unavailable');
    expect(await process.verdict(warm.key)).toBe('ok');
  });

  it('a key in memory still expires', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const { key } = await insertKey(rows, tenant, { expiresAt });
    expect(await process.verdict(key)).toBe('ok');
    proxy[way]();
    await lost();
    jest.spyOn(Date, 'now').mockReturnValue(expiresAt.getTime());
    expect(await process.verdict(key)).toBe('403 key_expired');
  });

  it('none goes on for more than a quarter of an hour', async () => {
    const { key } = await insertKey(rows, tenant);
    expect(await process.verdict(key)).toBe('ok');
    proxy[way]();
    await lost();
    const now = performance.now.bind(performance);
    let later = 14 * MINUTE_MS;
    jest.spyOn(performance, 'now').mockImplementation(() => now() + later);
    expect(await process.verdict(key)).toBe('ok');
    later = 15 * MINUTE_MS;
    expect(await process.verdict(key)).toBe('503 ledger_unavailable');
  });
});

describe('when Postgres is back', () => {
  it('what was revoked meanwhile is refused', async () => {
    const { key, id } = await insertKey(rows, tenant);
    expect(await process.verdict(key)).toBe('ok');
    proxy.cut();
    await lost();
    expect(await process.verdict(key)).toBe('ok');
    await rows.query(`UPDATE api_key SET status = 'revoked' WHERE id = $1`, [id]);
    proxy.mend();
    await until(async () => (await process.verdict(key)) === '401 invalid_api_key');
  });
});

describe('a key that was heard to have changed', () => {
  it('is unknown while Postgres is away', async () => {
    const { key, id } = await insertKey(rows, tenant);
    expect(await process.verdict(key)).toBe('ok');
    await rows.query(`UPDATE api_key SET name = 'other' WHERE id = $1`, [id]);
    await process.invalidation.settled();
    proxy.cut();
    await lost();
    expect(await process.verdict(key)).toBe('503 ledger_unavailable');
  });
});
