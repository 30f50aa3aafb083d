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
import { AuthorizationService, type Hold } from '../../src/billing/wallet/authorization.service.js';
import { formatUsd, parseUsd } from '../../src/core/money.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { NotificationService } from '../../src/platform/notification.service.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { closeOf, identityOf } from '../support/journal.js';
import { connect, giveCredit, makeTenant, until, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let pool: DatabaseService;
let notifications: NotificationService;
let wallets: AuthorizationService;
let tenant = 0;
let organization: string;

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
  const environment = Object.assign(new Environment(), { DATABASE_URL: database.appUrl });
  pool = new DatabaseService(environment);
  notifications = new NotificationService(environment);
  wallets = new AuthorizationService(pool, notifications);
  await wallets.onModuleInit();
  organization = `org_${++tenant}`;
  await makeTenant(rows, String(tenant));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await notifications.onApplicationShutdown();
  await pool.pool.end();
});

const usd = parseUsd;
const authorize = (amount: string): Promise<Hold> => wallets.authorize(organization, usd(amount));
const refused = (amount: string) =>
  expect(authorize(amount)).rejects.toMatchObject({ status: 402, code: 'insufficient_credits' });

/** As the poster books a call of this tenant. */
async function post(call: string, amount: string): Promise<void> {
  const identity = identityOf({ organization, project: `prj_${tenant}` });
  const closes = [closeOf(`${organization}_${call}`, amount, { identity })];
  await rows.query('SELECT post_calls($1::jsonb)', [JSON.stringify(closes)]);
}

describe('authorize', () => {
  it('admits up to the last pico-dollar, and not one more', async () => {
    await giveCredit(rows, String(tenant), '1');
    await authorize('0.999999999999');
    await authorize('0.000000000001');
    await refused('0.000000000001');
  });

  it('asks Postgres once, then admits from memory', async () => {
    await giveCredit(rows, String(tenant), '1');
    const query = jest.spyOn(pool.pool, 'query');
    for (let at = 0; at < 50; at++) await authorize('0.01');
    expect(query).toHaveBeenCalledTimes(1);
  });

  it('asks Postgres before it refuses, and says what is left', async () => {
    await giveCredit(rows, String(tenant), '1');
    await authorize('0.75');
    const query = jest.spyOn(pool.pool, 'query');
    await expect(authorize('0.5')).rejects.toMatchObject({
      message:
        'The wallet of the organization has 0.25 USD left; this request may cost up to 0.5 USD.',
      shouldRetry: false,
    });
    expect(query).toHaveBeenCalledTimes(1);
  });

  it('an organization without a wallet has nothing', async () => {
    await refused('0.000000000001');
  });

  it('what may cost nothing needs no wallet', async () => {
    const query = jest.spyOn(pool.pool, 'query');
    (await authorize('0')).release(0n);
    expect(query).not.toHaveBeenCalled();
  });

  it('organizations do not share', async () => {
    await giveCredit(rows, String(tenant), '1');
    await authorize('1');
    await makeTenant(rows, 'rich');
    await giveCredit(rows, 'rich', '1');
    await wallets.authorize('org_rich', usd('1'));
    await refused('0.1');
  });

  it('a thousand calls at once never get more than there is', async () => {
    await giveCredit(rows, String(tenant), '10');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 1_000 }, (_, at) => authorize(at % 2 === 0 ? '0.03' : '0.011')),
    );
    const granted = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [outcome.value.amount] : [],
    );
    const total = granted.reduce((sum, amount) => sum + amount, 0n);
    expect(total <= usd('10')).toBe(true);
    expect(total > usd('10') - usd('0.011')).toBe(true);
  });

  it('says so where Postgres cannot be asked', async () => {
    jest.spyOn(pool.pool, 'query').mockImplementation(() => {
      throw new Error('gone');
    });
    await expect(authorize('1')).rejects.toMatchObject({
      status: 503,
      code: 'ledger_unavailable',
      retryAfterSeconds: 1,
    });
  });
});

describe('a hold', () => {
  it('comes back but for what was spent', async () => {
    await giveCredit(rows, String(tenant), '1');
    (await authorize('1')).release(usd('0.4'));
    await refused('0.61');
    await authorize('0.6');
  });

  it('comes back once', async () => {
    await giveCredit(rows, String(tenant), '1');
    const hold = await authorize('1');
    for (let times = 0; times < 3; times++) hold.release(0n);
    await authorize('1');
    await refused('0.1');
  });

  it('may turn out too small: the rest is taken all the same', async () => {
    await giveCredit(rows, String(tenant), '1');
    (await authorize('0.1')).release(usd('0.9'));
    await refused('0.11');
  });
});

describe('what others change', () => {
  it('a top-up is seen at once by a call that had too little', async () => {
    await giveCredit(rows, String(tenant), '1');
    await refused('2');
    await giveCredit(rows, String(tenant), '1');
    await authorize('2');
  });

  it('what another process spent is heard of', async () => {
    await giveCredit(rows, String(tenant), '1');
    (await authorize('0.1')).release(0n);
    const query = jest.spyOn(pool.pool, 'query');
    await post('elsewhere', '0.95');
    await until(() => query.mock.calls.length > 0, 'the notification');
    await until(
      () =>
        authorize('0.06').then(
          (hold) => (hold.release(0n), false),
          () => true,
        ),
      'the refusal',
    );
    await authorize('0.05');
  });

  it('what this process spent is not forgotten when the notifications were interrupted before it was booked', async () => {
    await giveCredit(rows, String(tenant), '1');
    (await authorize('0.9')).release(usd('0.9'));
    const gaps = new Promise<void>((resolve) => notifications.onGap(resolve));
    await rows.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
    );
    await gaps;
    await refused('0.2');
  });

  it('a balance below nothing is shown as nothing', async () => {
    await giveCredit(rows, String(tenant), '1');
    await post('late', '3');
    await expect(authorize('0.1')).rejects.toMatchObject({
      message: expect.stringContaining(`has ${formatUsd(0n)} USD left`),
    });
  });
});
