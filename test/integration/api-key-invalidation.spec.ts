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

let database: TestDatabase;
let rows: Rows;
let proxy: DatabaseProxy;
/** Makes changes. */
let near: KeyProcess;
/** Can be parted from the database. */
let far: KeyProcess;
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
  [near, far] = await Promise.all([startKeyProcess(database.appUrl), startKeyProcess(proxy.url)]);
  tenant = String(Number(tenant) + 1);
  await makeTenant(rows, tenant);
});
afterEach(async () => {
  proxy.mend();
  await Promise.all([near.close(), far.close()]);
  await proxy.close();
  await rows.query('TRUNCATE gateway_process');
  jest.restoreAllMocks();
});

const revoke = (id: string) =>
  rows.query(`UPDATE api_key SET status = 'revoked' WHERE id = $1`, [id]);
const registered = async () =>
  (await rows.query('SELECT count(*)::int AS count FROM gateway_process'))[0]?.['count'];

describe('a change is settled', () => {
  it('only when every process has heard of it', async () => {
    const { key, id } = await insertKey(rows, tenant);
    expect([await near.verdict(key), await far.verdict(key)]).toEqual(['ok', 'ok']);
    const events: string[] = [];
    proxy.freeze();
    await revoke(id);
    const settled = near.invalidation.settled().then(() => events.push('settled'));
    // It cannot be settled before its two seconds are over; that nothing happens is told by no event.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await far.verdict(key)).toBe('ok');
    events.push('heard');
    proxy.mend();
    await settled;
    expect(events).toEqual(['heard', 'settled']);
    expect([await near.verdict(key), await far.verdict(key)]).toEqual(
      Array(2).fill('401 invalid_api_key'),
    );
  });

  it('without a process that is silent, once that one trusts its memory no more', async () => {
    const { key, id } = await insertKey(rows, tenant);
    expect(await far.verdict(key)).toBe('ok');
    proxy.freeze();
    await revoke(id);
    await near.invalidation.settled();
    expect(far.invalidation.isCurrent(performance.now())).toBe(false);
    // It asks; where it gets an answer, that is the right one.
    proxy.mend();
    expect(await far.verdict(key)).toBe('401 invalid_api_key');
  });

  it('without one whose listener was lost, which asks again for what it knew', async () => {
    const { key, id } = await insertKey(rows, tenant);
    expect(await far.verdict(key)).toBe('ok');
    const { reads } = far;
    proxy.cut();
    await until(() => !far.invalidation.isCurrent(performance.now()), 'the gap');
    await revoke(id);
    proxy.mend();
    await near.invalidation.settled();
    expect(await far.verdict(key)).toBe('401 invalid_api_key');
    expect(far.reads).toBe(reads + 1);
  });

  it('also by whoever is no process that serves', async () => {
    await Promise.all([near.close(), far.close()]);
    expect(await registered()).toBe(0);
    near = await startKeyProcess(database.appUrl);
    far = await startKeyProcess(proxy.url);
    await Promise.all([near.invalidation.settled(), far.invalidation.settled()]);
    expect(await registered()).toBe(2);
  });

  it('or said not to be, when the database went away', async () => {
    proxy.cut();
    await expect(far.invalidation.settled()).rejects.toMatchObject({ code: 'ledger_unavailable' });
  });
});

describe('a process', () => {
  it('trusts its memory again once it listens again', async () => {
    const { key } = await insertKey(rows, tenant);
    proxy.cut();
    await until(() => !far.invalidation.isCurrent(performance.now()), 'the gap');
    proxy.mend();
    await until(() => far.invalidation.isCurrent(performance.now()), 'the lease');
    expect(await far.verdict(key)).toBe('ok');
    expect(far.keys.authenticate(key)).not.toBeInstanceOf(Promise);
  });

  it('that stops asks each time and is waited for no longer', async () => {
    const { key, id } = await insertKey(rows, tenant);
    expect(await far.verdict(key)).toBe('ok');
    far.invalidation.beforeApplicationShutdown();
    await until(async () => (await registered()) === 1, 'the end of its row');
    await revoke(id);
    expect(await far.verdict(key)).toBe('401 invalid_api_key');
  });
});
