import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LedgerService } from '../../src/billing/ledger/ledger.service.js';
import { transfer, type Posting } from '../../src/billing/ledger/posting.js';
import { parseUsd } from '../../src/core/money.js';
import { Environment } from '../../src/platform/env.js';
import { PrismaService } from '../../src/platform/prisma.service.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { connect, makeTenant, type Rows } from '../support/tenant.js';

const AT = new Date(Date.UTC(2026, 0, 1));

let database: TestDatabase;
let owner: Rows;
let app: Rows;
let prisma: PrismaService;
let ledger: LedgerService;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = connect(database.url);
  app = connect(database.appUrl);
  prisma = new PrismaService(Object.assign(new Environment(), { DATABASE_URL: database.appUrl }));
  ledger = new LedgerService(prisma);
  for (const name of ['a', 'b']) await makeTenant(owner, name);
  await ledger.grantPromotion('org_a', parseUsd('5'), 'welcome', AT);
});
afterAll(async () => {
  await prisma.$disconnect();
  await Promise.all([owner.close(), app.close()]);
  await database.drop();
});

const commit = (source: string, postings: readonly Posting[]) =>
  ledger.commit({
    kind: 'test',
    source,
    revision: 1,
    organizationId: 'org_b',
    occurredAt: AT,
    postings,
  });

async function creditOf(organization: string): Promise<unknown> {
  const [row] = await owner.query(
    `SELECT trim_scale(cap - spent)::text AS credit FROM quota WHERE scope_id = $1`,
    [organization],
  );
  return row?.['credit'];
}

describe('the ledger', () => {
  it('gives credit once per source, exactly', async () => {
    expect(await ledger.grantPromotion('org_b', parseUsd('0.000000000001'), 'one', AT)).toBe(true);
    expect(await ledger.grantPromotion('org_b', parseUsd('0.000000000001'), 'one', AT)).toBe(false);
    expect(await ledger.grantPromotion('org_b', parseUsd('2'), 'two', AT)).toBe(true);
    expect(await creditOf('org_b')).toBe('2.000000000001');
    const lines = await owner.query(
      `SELECT account, trim_scale(amount)::text AS amount FROM posting WHERE transaction_id = 'lt_promotion_two_1' ORDER BY line`,
    );
    expect(lines).toEqual([
      { account: 'wallet:org_b', amount: '2' },
      { account: 'promotion', amount: '-2' },
    ]);
  });

  it('gives it once though two processes ask together', async () => {
    const before = await creditOf('org_b');
    const asked = await Promise.all(
      Array.from({ length: 8 }, () =>
        ledger.grantPromotion('org_b', parseUsd('1'), 'together', AT),
      ),
    );
    expect(asked.filter(Boolean)).toHaveLength(1);
    expect(Number(await creditOf('org_b'))).toBeCloseTo(Number(before) + 1);
  });

  it.each([
    [
      'that does not sum to zero',
      [
        { account: 'x', amount: 5n },
        { account: 'y', amount: -4n },
      ],
    ],
    ['of one line', [{ account: 'x', amount: 5n }]],
    [
      'with a line of nothing',
      [
        { account: 'x', amount: 0n },
        { account: 'y', amount: 0n },
      ],
    ],
  ])('refuses a transaction %s, whole', async (what, postings) => {
    await expect(commit(what, postings)).rejects.toThrow();
    const found = await owner.query('SELECT id FROM ledger_transaction WHERE source = $1', [what]);
    expect(found).toEqual([]);
  });

  it('sums to zero whatever was moved', async () => {
    const accounts = fc.constantFrom('a', 'b', 'c');
    const moves = fc.array(fc.tuple(accounts, accounts, fc.bigInt({ min: 1n, max: 10n ** 20n })), {
      minLength: 1,
      maxLength: 5,
    });
    let source = 0;
    await fc.assert(
      fc.asyncProperty(moves, async (list) => {
        const postings = list.flatMap(([from, to, amount]) => transfer(from, to, amount));
        expect(await commit(`move-${source++}`, postings)).toBe(true);
      }),
      { numRuns: 20 },
    );
    const [sum] = await owner.query('SELECT trim_scale(sum(amount))::text AS sum FROM posting');
    expect(sum).toEqual({ sum: '0' });
  });

  it('a transfer moves a positive amount', () => {
    expect(() => transfer('a', 'b', 0n)).toThrow(RangeError);
    expect(() => transfer('a', 'b', -1n)).toThrow(RangeError);
  });
});

describe('what was booked', () => {
  const changes = [
    `UPDATE ledger_transaction SET kind = 'x'`,
    `DELETE FROM ledger_transaction`,
    `TRUNCATE ledger_transaction CASCADE`,
    `UPDATE posting SET amount = amount + 1`,
    `DELETE FROM posting`,
    `TRUNCATE posting`,
  ];

  it.each(changes)('stays, whoever asks: %s', async (sql) => {
    const before = await owner.query('SELECT count(*), sum(amount) FROM posting');
    await expect(owner.query(sql)).rejects.toThrow(/append only/);
    await expect(app.query(sql)).rejects.toThrow(/append only|permission denied/);
    expect(await owner.query('SELECT count(*), sum(amount) FROM posting')).toEqual(before);
  });

  it('a line cannot be added to it', async () => {
    const sql = `INSERT INTO posting (transaction_id, line, account, amount) VALUES ('lt_promotion_welcome_1', 3, 'x', 1)`;
    await expect(owner.query(sql)).rejects.toThrow(/sum to/);
  });

  it.each([
    ['that balance', [1, -1], /old ledger transaction/],
    ['of a transaction that is not there', [1, -1], /missing ledger transaction/],
    ['one by one', [1], /sum to 1/],
  ])('takes no lines %s', async (what, amounts, reason) => {
    const id = what.includes('not there') ? 'lt_nowhere' : 'lt_promotion_welcome_1';
    const values = amounts.map((amount, at) => `('${id}', ${at + 3}, 'x', ${amount})`).join();
    await expect(
      owner.query(`INSERT INTO posting (transaction_id, line, account, amount) VALUES ${values}`),
    ).rejects.toThrow(reason);
  });

  it('has no transaction without lines', async () => {
    await expect(
      owner.query(
        `INSERT INTO ledger_transaction (id, kind, source, revision, organization_id, occurred_at)
         VALUES ('lt_empty', 'test', 'empty', 1, 'org_b', now())`,
      ),
    ).rejects.toThrow(/has 0 lines/);
  });

  it('has none of several without lines, made by one statement', async () => {
    const sql = `BEGIN;
      INSERT INTO ledger_transaction (id, kind, source, revision, organization_id, occurred_at)
      VALUES ('lt_full', 'test', 'full', 1, 'org_b', now()), ('lt_hollow', 'test', 'hollow', 1, 'org_b', now());
      INSERT INTO posting (transaction_id, line, account, amount) VALUES ('lt_full', 1, 'x', 1), ('lt_full', 2, 'y', -1);
      COMMIT`;
    await expect(owner.query(sql)).rejects.toThrow(/lt_hollow has 0 lines/);
    expect(await owner.query(`SELECT id FROM ledger_transaction WHERE id = 'lt_full'`)).toEqual([]);
  });

  it.each([
    'DELETE FROM unchecked_transactions',
    `UPDATE unchecked_transactions SET ids = '{}'`,
    'SET CONSTRAINTS ALL DEFERRED',
  ])('has none without lines, whatever is done before the commit: %s', async (attempt) => {
    const sql = `BEGIN;
      SET LOCAL osm.organization = '*';
      INSERT INTO ledger_transaction (id, kind, source, revision, organization_id, occurred_at)
      VALUES ('lt_hidden', 'test', 'hidden', 1, 'org_b', now());
      ${attempt};
      COMMIT`;
    for (const rows of [owner, app]) await expect(rows.query(sql)).rejects.toThrow(/has 0 lines/);
  });

  it.each(['unchecked_transactions', 'posting', 'ledger_transaction'])(
    'is checked though a temporary table is called %s',
    async (name) => {
      const sql = `BEGIN;
        SET LOCAL osm.organization = '*';
        CREATE TEMPORARY TABLE ${name} ON COMMIT DROP AS TABLE public.${name} WITH NO DATA;
        INSERT INTO public.ledger_transaction (id, kind, source, revision, organization_id, occurred_at)
        VALUES ('lt_aside', 'test', 'aside', 1, 'org_b', now());
        COMMIT`;
      for (const rows of [owner, app])
        await expect(rows.query(sql)).rejects.toThrow(/lt_aside has 0 lines/);
    },
  );

  it('leaves nothing unchecked behind', async () => {
    expect(await owner.query('SELECT FROM unchecked_transactions')).toEqual([]);
  });

  it('is on record where it takes more from a wallet than is free', async () => {
    await ledger.grantPromotion('org_b', parseUsd('3'), 'before', AT);
    const left = parseUsd(String(await creditOf('org_b')));
    await commit('chargeback', transfer('wallet:org_b', 'top_up_clearing', left + 5n));
    const found = await owner.query(
      `SELECT kind, trim_scale(amount)::text AS amount FROM overrun WHERE quota_id = 'credit:org_b'`,
    );
    expect(found).toEqual([{ kind: 'lowered', amount: '0.000000000005' }]);
  });

  it('published prices stay too', async () => {
    await owner.query(
      `INSERT INTO model (id, name, lab, family, type, capabilities) VALUES ('m', 'm', 'l', 'f', 'chat', '{}')`,
    );
    await owner.query(
      `INSERT INTO offer (id, model_id, provider_id, upstream_model, capabilities, status) VALUES ('p/m', 'm', 'p', 'm', '{}', 'active')`,
    );
    await owner.query(
      `INSERT INTO price_version (id, offer_id, valid_from, source) VALUES ('v', 'p/m', now(), 'test')`,
    );
    for (const sql of [`UPDATE price_version SET source = 'x'`, `DELETE FROM price_version`])
      await expect(owner.query(sql)).rejects.toThrow(/append only/);
  });
});
