import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeLine } from '../../src/billing/journal/journal-line.js';
import { segmentName } from '../../src/billing/journal/journal.writer.js';
import { chargeOf, STARTED_AT } from '../support/journal.js';
import { writeJournal } from '../support/journal-files.js';
import { PosterStage } from '../support/poster-stage.js';
import { faultsOf } from '../support/quotas.js';
import { until } from '../support/tenant.js';

let stage: PosterStage;

beforeAll(async () => {
  stage = await PosterStage.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());
afterEach(async () => {
  await stage.poster.onApplicationShutdown();
  expect(await faultsOf(stage.rows)).toEqual([]);
  await stage.end();
});

describe('the poster', () => {
  it('posts a close as usage event, ledger transaction, balance and request log', async () => {
    const charge = chargeOf('0.000000000123', {
      units: { promptTokens: 10, completionTokens: 5, cachedTokens: 3, reasoningTokens: 2 },
      providerCost: '0.0000000001',
    });
    const record = stage.close('c1', '0', { charge, timeToFirstTokenMs: 7 });
    writeJournal(stage.folderOf('w'), [
      [
        stage.open('c1'),
        { ...record, identity: { ...stage.identity(), tags: { team: 'a' }, source: 'app' } },
      ],
    ]);
    await stage.postAll();
    const [event] = await stage.rows.query('SELECT * FROM usage_event WHERE call_id = $1', [
      stage.id('c1'),
    ]);
    expect(event).toMatchObject({
      revision: 1,
      project_id: `prj_${stage.tenant}`,
      api_key_id: `key_${stage.tenant}`,
      provider_id: 'openai',
      offer_id: 'openai/m',
      price_version_id: 'v1',
      units: charge.units,
      cost_lines: charge.lines,
      amount: '0.000000000123',
      provider_cost: '0.000000000100',
      rank: 'final',
      occurred_at: new Date(STARTED_AT),
    });
    const postings = await stage.rows.query(
      `SELECT account, trim_scale(amount)::text AS amount FROM posting JOIN ledger_transaction t ON t.id = transaction_id
       WHERE source = $1 ORDER BY line`,
      [stage.id('c1')],
    );
    expect(postings).toEqual([
      { account: `wallet:org_${stage.tenant}`, amount: '-0.000000000123' },
      { account: 'revenue', amount: '0.000000000123' },
      { account: 'provider_cost:openai', amount: '0.0000000001' },
      { account: 'provider_payable:openai', amount: '-0.0000000001' },
    ]);
    expect(await stage.spent()).toBe('0.000000000123');
    const [log] = await stage.rows.query('SELECT * FROM request_log WHERE call_id = $1', [
      stage.id('c1'),
    ]);
    expect(log).toMatchObject({
      outcome: 'completed',
      status: 200,
      requested_model: 'm',
      upstream_model: 'm-native',
      prompt_tokens: 10,
      cached_tokens: 3,
      reasoning_tokens: 2,
      time_to_first_token_ms: 7,
      tags: { team: 'a' },
      source: 'app',
      started_at: new Date(STARTED_AT),
    });
  });

  it('posts a call once, however often its journal comes', async () => {
    const records = [
      ...stage.many(30),
      stage.close('free', '0'),
      stage.close('own', '5', { charge: chargeOf('5', { charged: false }) }),
    ];
    writeJournal(stage.folderOf('a'), [records]);
    for (const copy of ['b', 'c', 'd'])
      cpSync(stage.folderOf('a'), stage.folderOf(copy), { recursive: true });
    await stage.postAll();
    expect(await stage.events()).toHaveLength(32);
    expect(await stage.spent()).toBe('0.03');
    const [ledger] = await stage.rows.query(
      `SELECT count(DISTINCT t.id)::int AS transactions, count(*)::int AS lines, trim_scale(sum(amount))::text AS sum
       FROM ledger_transaction t JOIN posting ON transaction_id = t.id WHERE organization_id = $1 AND kind = 'usage'`,
      [`org_${stage.tenant}`],
    );
    expect(ledger).toEqual({ transactions: 30, lines: 120, sum: '0' });
    expect(await stage.rejects()).toEqual([]);
  });

  it('posts more than a batch', async () => {
    writeJournal(stage.folderOf('w'), [stage.many(1_300), stage.many(1_300, 1_300)]);
    await stage.postAll();
    expect(await stage.events()).toHaveLength(2_600);
    expect(await stage.spent()).toBe('2.6');
  });

  it('sets aside what the database refuses and what is damaged, and posts all others', async () => {
    const bad = stage.close('bad', '0.001', { charge: chargeOf('NaN') });
    writeJournal(stage.folderOf('w'), [[...stage.many(20), bad, ...stage.many(20, 20)]]);
    appendFileSync(join(stage.folderOf('w'), segmentName(1)), '00000000 41 {"type":"close"}\n');
    // It comes again, as after a crash of the poster: it is set aside once all the same.
    cpSync(stage.folderOf('w'), join(stage.data, 'copy'), { recursive: true });
    await stage.postAll();
    cpSync(join(stage.data, 'copy'), stage.folderOf('w'), { recursive: true });
    await until(() => stage.isEmpty(), 'posting again');
    expect((await stage.events()).map(([call]) => call)).not.toContain('bad');
    expect(await stage.spent()).toBe('0.04');
    const found = (await stage.rejects()) as { record: string; error: string }[];
    expect(found.map(({ error }) => error).sort()).toEqual([
      expect.stringContaining('amounts_are_costs'),
      'the checksum of the line is wrong',
    ]);
    expect(
      found
        .map(({ record }) => record)
        .filter((one) => one.includes('4_bad'))
        .map((one) => JSON.parse(one) as unknown),
    ).toEqual([bad]);
    const kept = join(stage.data, 'journal', '.rejected', `w.${segmentName(1)}`);
    expect(readFileSync(kept, 'utf8')).toContain('"amount":"NaN"');
  });

  it('says where records are missing', async () => {
    const lines = ['a', 'b', 'c', 'd'].map((name, at) => encodeLine(at + 1, stage.close(name)));
    mkdirSync(stage.folderOf('w'), { recursive: true });
    const [first = '', , , last = ''] = lines;
    writeFileSync(join(stage.folderOf('w'), segmentName(1)), first + last);
    await stage.postAll();
    expect(await stage.events()).toHaveLength(2);
    expect(
      await stage.rows.query('SELECT kind, record FROM poster_reject WHERE segment LIKE $1', [
        `${stage.data}%`,
      ]),
    ).toEqual([{ kind: 'gap', record: '2-3' }]);
  });
});
