import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { insertToken } from '../support/admin.js';
import { AdminClient } from '../support/admin-caller.js';
import { startDatabaseProxy, type DatabaseProxy } from '../support/database-proxy.js';
import { startGateway, type RunningMain, type TestGateway } from '../support/gateway.js';
import { createTenant, type TestTenant } from '../support/paying-tenant.js';
import type { Rows } from '../support/tenant.js';

/** Two processes serve one key; one of them is told that the key is no more. */
let gateway: TestGateway;
/** Between the second process and the database. */
let proxy: DatabaseProxy;
let first: RunningMain;
let second: RunningMain;
let operator: AdminClient;
let tenant: TestTenant;

beforeAll(async () => {
  // Each call comes from an address of its own, so that none is told to slow down for another's sake.
  gateway = await startGateway({ environment: { TRUSTED_PROXIES: '127.0.0.1' } });
  first = gateway.main;
  proxy = await startDatabaseProxy(gateway.environment['DATABASE_URL'] ?? '');
  second = await gateway.startMain({ DATABASE_URL: proxy.url });
  const rows: Rows = {
    query: async (sql, values = []) =>
      (await gateway.database.query<Record<string, unknown>>(sql, [...values])).rows,
    close: () => Promise.resolve(),
  };
  operator = new AdminClient(first.url, (await insertToken(rows, {})).token);
});
afterAll(async () => {
  await gateway.stop();
  await proxy.close();
});
beforeEach(async () => {
  tenant = await createTenant(gateway.database, { credit: '0' });
});
afterEach(() => {
  second.program.signal('SIGCONT');
  proxy.mend();
});

const keyPath = () => `/admin/v1/organizations/${tenant.organizationId}/keys/${tenant.apiKeyId}`;

let calls = 0;

async function statusAt({ url }: RunningMain): Promise<number> {
  const address = `10.0.${++calls >> 8}.${calls & 255}`;
  const headers = { authorization: `Bearer ${tenant.apiKey}`, 'x-forwarded-for': address };
  const response = await fetch(`${url}/v1/models`, { headers });
  await response.arrayBuffer();
  return response.status;
}

const statuses = () => Promise.all([statusAt(first), statusAt(second)]);

describe('a key that two processes serve', () => {
  it.each([
    ['revoked', () => operator.delete(keyPath()), 401],
    ['disabled', () => operator.patch(keyPath(), { status: 'disabled' }), 403],
    ['rotated', () => operator.post(`${keyPath()}/rotate`), 401],
    [
      'of an organization that is suspended',
      () =>
        operator.patch(`/admin/v1/organizations/${tenant.organizationId}`, { status: 'suspended' }),
      403,
    ],
  ])('%s: no call that begins after the answer is let in', async (_, change, refusal) => {
    expect(await statuses()).toEqual([200, 200]);
    let answered = false;
    /** Calls that began after the answer, and what became of them. */
    const after: number[] = [];
    const callers = [first, second, first, second].map(async (process) => {
      for (let begun = 0; begun < 8;) {
        const beganAfter = answered;
        const status = await statusAt(process);
        if (!beganAfter) continue;
        begun++;
        after.push(status);
      }
    });
    // The news of it reaches one of them late.
    proxy.slow(300);
    expect((await change()).status).toBeLessThan(300);
    answered = true;
    await Promise.all(callers);
    expect(after).toHaveLength(32);
    // Who goes on trying a key that is none is told to slow down.
    expect(after.filter((status) => ![refusal, 429].includes(status))).toEqual([]);
  });

  it('revoked while one of them stands still: refused by it as soon as it goes on', async () => {
    expect(await statuses()).toEqual([200, 200]);
    second.program.signal('SIGSTOP');
    expect((await operator.delete(keyPath())).status).toBe(200);
    const late = statuses();
    second.program.signal('SIGCONT');
    expect(await late).toEqual([401, 401]);
  });

  it('revoked after one of them was killed: the answer comes, and the other refuses', async () => {
    const third = await gateway.startMain();
    expect(await statusAt(third)).toBe(200);
    expect(await statuses()).toEqual([200, 200]);
    await third.program.kill();
    expect((await operator.delete(keyPath())).status).toBe(200);
    expect(await statuses()).toEqual([401, 401]);
  });
});
