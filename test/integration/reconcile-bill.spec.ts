import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { chargeOf, closeOf, identityOf } from '../support/journal.js';
import { newKey } from '../support/money-api.js';
import { insertModel } from '../support/offer-rows.js';
import { formatUsd, parseUsd } from '../../src/core/money.js';
import { MoneyAdminModule } from '../../src/billing/wallets/money-admin.module.js';

const DAY = '2026-01-02';
const path = '/admin/v1/reconciliations';

let api: AdminApi;
let organization: TestOrganization;
let provider: string;
let count = 0;

beforeAll(async () => {
  jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  api = await startAdminApi({ more: [MoneyAdminModule] });
  organization = await api.makeOrganization();
}, 60_000);
afterAll(async () => {
  await api.close();
  jest.restoreAllMocks();
});

/** Each test has a provider of its own, which was called for 0.5 USD on the day. */
beforeEach(async () => {
  provider = `provider-${++count}`;
  await insertModel(api.rows, `m-${count}`, [provider]);
  const close = closeOf(`call_${count}`, '0.5', {
    identity: identityOf({ organization: organization.id, project: organization.projectId }),
    charge: chargeOf('0.5'),
    served: {
      provider,
      model: `m-${count}`,
      offer: `${provider}/m`,
      upstreamModel: 'm',
      priceVersion: 'v',
    },
  });
  await api.rows.query(`SELECT post_calls('p', $1::jsonb)`, [JSON.stringify([close])]);
});

const send = (body: object, headers = newKey()) =>
  api.operator.post(path, { provider_id: provider, ...body }, headers);
/** Lines of a bill without the total that ends it. */
const cut = (...lines: string[]): string => `day,model,amount\n${lines.join('\n')}\n`;
const csv = (...lines: string[]): string => {
  const sum = lines.reduce((so, line) => so + parseUsd(line.split(',')[2] ?? ''), 0n);
  return cut(...lines, `total,,${formatUsd(sum)}`);
};

/** What the accounts hold that a bill may touch, and the tenant's. */
async function accounts(): Promise<Record<string, unknown>> {
  const rows = await api.rows.query(
    `SELECT account, trim_scale(sum(amount))::text AS amount FROM posting
       JOIN ledger_transaction AS t ON t.id = transaction_id
     WHERE source LIKE $1 || '/%' OR account LIKE '%:' || $1 OR source = $2 GROUP BY 1 ORDER BY 1`,
    [provider, `call_${count}`],
  );
  return Object.fromEntries(rows.map(({ account, amount }) => [account, amount]));
}

const owed = (payable: string, suspense: string): Record<string, string> => ({
  [`provider_cost:${provider}`]: '0.5',
  [`provider_payable:${provider}`]: payable,
  revenue: '0.5',
  ...(suspense === '0' ? {} : { suspense }),
  [`wallet:${organization.id}`]: '-0.5',
});

describe('a bill', () => {
  it('that differs is posted to suspense and the provider, never to the tenant', async () => {
    const { status, body } = await send({ csv: csv(`${DAY},m-${count},0.6`) });
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({ billed: '0.6', booked: '0.5', posted: '0.1', is_alarming: false }),
    ]);
    expect(await accounts()).toEqual(owed('-0.6', '0.1'));
  });

  it('sent twice changes nothing, also with another key and as lines', async () => {
    await send({ csv: csv(`${DAY},m-${count},0.4`) });
    const lines = [
      { day: DAY, model: `m-${count}`, amount: '0.1' },
      { day: DAY, model: `m-${count}`, amount: '0.3' },
    ];
    const { body } = await send({ lines });
    expect(body).toMatchObject({ posted: '0', is_new: false });
    expect(await accounts()).toEqual(owed('-0.4', '-0.1'));
  });

  it('that is corrected takes back what the first one differed by', async () => {
    await send({ csv: csv(`${DAY},m-${count},2`) });
    const { body } = await send({ csv: csv(`${DAY},m-${count},0.5`) });
    expect(body).toMatchObject({ posted: '-1.5', is_new: true });
    expect(await accounts()).toMatchObject(owed('-0.5', '0'));
  });

  it('without a model that was called is that model billed at nothing', async () => {
    await insertModel(api.rows, `other-${count}`, [provider]);
    const { body } = await send({ csv: csv(`${DAY},other-${count},3`) });
    expect(body).toMatchObject({
      posted: '2.5',
      is_alarming: true,
      differences: [
        { day: DAY, model: `m-${count}`, billed: '0', booked: '0.5', difference: '-0.5' },
        { day: DAY, model: `other-${count}`, billed: '3', booked: '0', difference: '3' },
      ],
    });
  });

  it('without a line of the bill before takes back what that one differed by', async () => {
    await insertModel(api.rows, `other-${count}`, [provider]);
    await send({ csv: csv(`${DAY},m-${count},0.5`, `${DAY},other-${count},3`) });
    expect(await accounts()).toEqual(owed('-3.5', '3'));
    const { body } = await send({ csv: csv(`${DAY},m-${count},0.5`) });
    expect(body).toMatchObject({ posted: '-3', is_new: true });
    expect(await accounts()).toMatchObject(owed('-0.5', '0'));
  });

  it('of other days leaves this one alone', async () => {
    const { body } = await send({ csv: csv(`2026-01-03,m-${count},0`) });
    expect(body).toMatchObject({ posted: '0', booked: '0', is_new: false });
    expect(await accounts()).toEqual(owed('-0.5', '0'));
  });

  it('two at once post one difference', async () => {
    const bill = { csv: csv(`${DAY},m-${count},0.7`) };
    const answers = await Promise.all([send(bill), send(bill), send(bill)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await accounts()).toEqual(owed('-0.7', '0.2'));
  });

  it.each([
    ['a model that nobody knows', (model: string) => csv(`${DAY},${model},1`, `${DAY},gone,1`), 3],
    [
      'an end in the middle of a line',
      (model: string) => `${cut(`${DAY},${model},1`)}${DAY},${model},0.`,
      3,
    ],
    ['an end behind a line', (model: string) => cut(`${DAY},${model},0.5`), 2],
    ['an open quote', (model: string) => `${cut(`${DAY},${model},1`)}${DAY},"${model}`, 3],
    ['a line too short', (model: string) => cut(`${DAY},${model},1`, `${DAY},${model}`), 3],
    ['26 digits', (model: string) => cut(`${DAY},${model},${'9'.repeat(26)}`), 2],
    ['13 decimals', (model: string) => cut(`${DAY},${model},0.0000000000001`), 2],
    [
      'another currency',
      (model: string) => `day,model,amount,currency\n${DAY},${model},1,EUR\n`,
      2,
    ],
    ['a currency in its amount', (model: string) => cut(`${DAY},${model},1 EUR`), 2],
    [
      'a sum below nothing',
      (model: string) => csv(`${DAY},${model},1`, `${DAY},${model},-1.01`),
      2,
    ],
    ['a day that is none', (model: string) => csv(`2026-02-30,${model},1`), 2],
    ['a total that lacks a line', (model: string) => cut(`${DAY},${model},1`, 'total,,2'), 3],
    ['other columns', () => 'date,name,usd\n', 1],
    ['nothing in it', () => '', 1],
  ])('with %s is refused, names the line, and changes nothing', async (_name, make, line) => {
    const { status, body } = await send({ csv: make(`m-${count}`) });
    expect([status, body]).toEqual([
      400,
      {
        error: expect.objectContaining({
          code: 'invalid_parameter',
          param: 'csv',
          message: expect.stringContaining(`line ${line}:`),
        }),
      },
    ]);
    expect(await accounts()).toEqual(owed('-0.5', '0'));
    const kept = await api.rows.query('SELECT 1 FROM bill_line WHERE provider_id = $1', [provider]);
    expect(kept).toEqual([]);
  });

  it.each(['1000000000000', '-1000000000000', '9'.repeat(26), '0.0000000000001'])(
    'with a line of %s USD is refused and changes nothing',
    async (amount) => {
      const good = { day: DAY, model: `m-${count}`, amount: '-999999999999.999999999999' };
      const { status, body } = await send({ lines: [good, { ...good, amount }] });
      expect([status, body]).toEqual([
        400,
        { error: expect.objectContaining({ code: 'invalid_parameter', param: 'lines[1].amount' }) },
      ]);
      expect(await accounts()).toEqual(owed('-0.5', '0'));
    },
  );

  it('of the most that a line may have is taken', async () => {
    const most = { day: DAY, model: `m-${count}`, amount: '999999999999.999999999999' };
    const { status, body } = await send({ lines: [most, most] });
    expect([status, body]).toMatchObject([201, { billed: '1999999999999.999999999998' }]);
  });

  it('needs an Idempotency-Key, one form, and an operator', async () => {
    const bill = { provider_id: provider, csv: csv(`${DAY},m-${count},1`) };
    expect((await api.operator.post(path, bill)).status).toBe(400);
    expect((await send({ ...bill, lines: [{ day: DAY, model: 'm', amount: '1' }] })).status).toBe(
      400,
    );
    expect((await send({})).status).toBe(400);
    expect((await send({ csv: 'x'.repeat(1_000_001) })).status).toBe(400);
    expect((await organization.as('owner').post(path, bill, newKey())).status).toBe(403);
    const key = newKey();
    expect((await send({ csv: bill.csv }, key)).status).toBe(201);
    expect((await send({ csv: csv(`${DAY},m-${count},2`) }, key)).status).toBe(409);
    expect(await accounts()).toEqual(owed('-1', '0.5'));
  });
});

it('the report of drift tells it by provider, model and day', async () => {
  await send({ csv: csv(`${DAY},m-${count},0.75`) });
  const query = `from=2026-01-01&to=2026-01-31&provider_id=${provider}`;
  const { status, body } = await api.operator.get(`/admin/v1/reports/drift?${query}`);
  expect([status, body]).toEqual([
    200,
    {
      object: 'drift_report',
      from: '2026-01-01',
      to: '2026-01-31',
      data: [
        {
          provider_id: provider,
          model_id: `m-${count}`,
          day: DAY,
          billed: '0.75',
          booked: '0.5',
          drift: '0.25',
        },
      ],
    },
  ]);
  for (const wrong of ['from=2026-02-30', 'from=2026-01-02&to=2026-01-01', 'from=x'])
    expect((await api.operator.get(`/admin/v1/reports/drift?${wrong}`)).status).toBe(400);
});
