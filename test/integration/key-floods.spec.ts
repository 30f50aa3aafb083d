import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { DynamicModule } from '@nestjs/common';
import type { QueryConfig } from 'pg';
import { DatabaseService } from '../../src/platform/database.service.js';
import { SINGLE_LOOKS } from '../../src/tenants/keys/key-existence.service.js';
import { createKey, type KeyKind } from '../../src/tenants/keys/key-format.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { insertKey, startKeyProcess, type KeyProcess } from '../support/key-process.js';
import { connect, makeTenant, type Rows } from '../support/tenant.js';

const flood = 1_000;
const single = 5;
const unknown = '401 invalid_api_key';

const madeUp = (kind: KeyKind, count: number): string[] =>
  Array.from({ length: count }, () => createKey(kind).key);

describe('a flood of made-up API keys', () => {
  let database: TestDatabase;
  let rows: Rows;
  let process: KeyProcess;

  beforeAll(async () => {
    database = await createTestDatabase();
    rows = connect(database.url);
    await makeTenant(rows, '1');
  });
  afterAll(async () => {
    await process.close();
    await rows.close();
    await database.drop();
  });

  it('is a few statements, among which good keys are found and bad ones are not', async () => {
    process = await startKeyProcess(database.appUrl, single);
    const { key: good } = await insertKey(rows, '1');
    const { key: disabled } = await insertKey(rows, '1', { status: 'disabled' });
    const { key: revoked } = await insertKey(rows, '1', { status: 'revoked' });
    const bad = madeUp('osm_', flood);
    const keys = [...bad, good, disabled, revoked];
    const verdicts = await Promise.all(keys.map((key) => process.verdict(key)));
    expect(new Set(verdicts.slice(0, flood))).toEqual(new Set([unknown]));
    expect(verdicts.slice(flood)).toEqual(['ok', '403 key_disabled', unknown]);
    // One by one, then one batch, then those that exist.
    expect(process.reads).toBe(single + 1 + 3);
  });

  it('does not touch a key in memory', async () => {
    const { key } = await insertKey(rows, '1');
    await process.invalidation.settled();
    expect(await process.verdict(key)).toBe('ok');
    const asked = madeUp('osm_', flood).map((bad) => process.verdict(bad));
    expect(process.keys.authenticate(key)).not.toBeInstanceOf(Promise);
    await Promise.all(asked);
  });

  it('fails like any look where Postgres does', async () => {
    process.onRead = () => Promise.reject(new Error('away'));
    const verdicts = await Promise.all(madeUp('osm_', 20).map((key) => process.verdict(key)));
    expect(new Set(verdicts)).toEqual(new Set(['503 ledger_unavailable']));
    process.onRead = () => Promise.resolve();
  });
});

describe('a flood of made-up tokens at the admin API', () => {
  let api: AdminApi;
  const few: DynamicModule = {
    module: class {
      readonly name = 'few';
    },
    global: true,
    providers: [{ provide: SINGLE_LOOKS, useValue: single }],
    exports: [SINGLE_LOOKS],
  };

  beforeAll(async () => {
    api = await startAdminApi({ more: [few] });
  });
  afterAll(() => api.close());
  afterEach(() => void jest.restoreAllMocks());

  it('is a few statements, and a good token passes', async () => {
    const query = jest.spyOn(api.app.get(DatabaseService).pool, 'query');
    const begin = performance.now();
    const tokens = [...madeUp('osmadm_', 300), api.operatorToken];
    const answers = await Promise.all(tokens.map((token) => api.as(token).get('/admin/v1/me')));
    const seconds = Math.ceil((performance.now() - begin) / 1_000) + 1;
    const statuses = answers.map(({ status }) => status);
    expect(statuses.pop()).toBe(200);
    // Each came from an address of its own.
    expect(new Set(statuses)).toEqual(new Set([401]));
    const named = (name: string): number =>
      query.mock.calls.filter(([config]) => (config as unknown as QueryConfig).name === name)
        .length;
    expect(named('admin-token')).toBeLessThanOrEqual(single * seconds + 1);
    expect(named('key-existence')).toBeGreaterThan(0);
    expect(named('key-existence')).toBeLessThanOrEqual(41 * seconds);
  });
});
