import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { encodeLine } from '../../src/billing/journal/journal-line.js';
import type { JournalRecord } from '../../src/billing/journal/journal-record.js';
import { JournalWriter, segmentName } from '../../src/billing/journal/journal.writer.js';
import type { PosterService } from '../../src/billing/journal/poster.service.js';
import type { EstimateQueue } from '../../src/billing/reconciliation/estimate-queue.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  chargeOf,
  closeOf,
  identityOf,
  openOf,
  progressOf,
  STARTED_AT,
} from '../support/journal.js';
import { writeJournal } from '../support/journal-files.js';
import { posterOf } from '../support/poster.js';
import { connectAsGateway, faultsOf } from '../support/quotas.js';
import { connect, giveCredit, makeTenant, until, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let data: string;
let environment: Environment;
let pool: DatabaseService;
let poster: PosterService;
let queued: string[];
let tenant = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connectAsGateway(database.url);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});

beforeEach(async () => {
  for (const level of ['warn', 'error'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  data = mkdtempSync(join(tmpdir(), 'poster-'));
  environment = Object.assign(new Environment(), {
    DATA_DIR: data,
    DATABASE_URL: database.appUrl,
  });
  pool = new DatabaseService(environment);
  queued = [];
  poster = makePoster();
  tenant++;
  await makeTenant(rows, String(tenant));
  await giveCredit(rows, String(tenant), '100');
});
afterEach(async () => {
  await poster.onApplicationShutdown();
  expect(await faultsOf(rows)).toEqual([]);
  await pool.pool.end();
  rmSync(data, { recursive: true, force: true });
  jest.restoreAllMocks();
});

function makePoster(): PosterService {
  const estimates = { add: async (ids: string[]) => void queued.push(...ids) };
  return posterOf(environment, pool, estimates as unknown as EstimateQueue);
}

const folderOf = (name: string) => join(data, 'journal', name);
/** Ids are the tenant's own, so that tests of one database do not meet. */
const id = (name: string) => `${tenant}_${name}`;
const identity = () =>
  identityOf({ organization: `org_${tenant}`, project: `prj_${tenant}`, key: `key_${tenant}` });
const open = (name: string) => openOf(id(name), { identity: identity() });
const progress = (name: string, amount: string) => progressOf(id(name), amount);
const close = (name: string, amount = '0.001', more: Partial<ReturnType<typeof closeOf>> = {}) =>
  closeOf(id(name), amount, { identity: identity(), ...more });

const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => close(`c${from + at}`));

/** [call, amount, rank] of every usage event of the tenant, by call. */
async function events(): Promise<unknown[][]> {
  const found = await rows.query(
    `SELECT call_id, trim_scale(amount)::text AS amount, rank FROM usage_event
     WHERE organization_id = $1 ORDER BY call_id`,
    [`org_${tenant}`],
  );
  return found.map(({ call_id, amount, rank }) => [
    String(call_id).replace(`${tenant}_`, ''),
    amount,
    rank,
  ]);
}

async function spent(): Promise<unknown> {
  const [row] = await rows.query(
    `SELECT trim_scale(spent)::text AS spent FROM quota WHERE scope_id = $1`,
    [`org_${tenant}`],
  );
  return row?.['spent'];
}

async function rejects(): Promise<unknown[]> {
  return rows.query('SELECT record, error FROM poster_reject WHERE segment LIKE $1', [`${data}%`]);
}

const isEmpty = () =>
  existsSync(join(data, 'journal')) &&
  readdirSync(join(data, 'journal')).every((name) => /\.sock$|^\.rejected$/.test(name));
/** Posts until every dead writer's journal is gone. */
async function postAll(): Promise<void> {
  poster.onApplicationBootstrap();
  await until(isEmpty, 'posting everything');
}

describe('the poster', () => {
  it('posts a close as usage event, ledger transaction, balance and request log', async () => {
    const charge = chargeOf('0.000000000123', {
      units: { promptTokens: 10, completionTokens: 5, cachedTokens: 3, reasoningTokens: 2 },
      providerCost: '0.0000000001',
    });
    const record = close('c1', '0', { charge, timeToFirstTokenMs: 7 });
    writeJournal(folderOf('w'), [
      [open('c1'), { ...record, identity: { ...identity(), tags: { team: 'a' }, source: 'app' } }],
    ]);
    await postAll();
    const [event] = await rows.query('SELECT * FROM usage_event WHERE call_id = $1', [id('c1')]);
    expect(event).toMatchObject({
      revision: 1,
      project_id: `prj_${tenant}`,
      api_key_id: `key_${tenant}`,
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
    const postings = await rows.query(
      `SELECT account, trim_scale(amount)::text AS amount FROM posting JOIN ledger_transaction t ON t.id = transaction_id
       WHERE source = $1 ORDER BY line`,
      [id('c1')],
    );
    expect(postings).toEqual([
      { account: `wallet:org_${tenant}`, amount: '-0.000000000123' },
      { account: 'revenue', amount: '0.000000000123' },
      { account: 'provider_cost:openai', amount: '0.0000000001' },
      { account: 'provider_payable:openai', amount: '-0.0000000001' },
    ]);
    expect(await spent()).toBe('0.000000000123');
    const [log] = await rows.query('SELECT * FROM request_log WHERE call_id = $1', [id('c1')]);
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
      ...many(30),
      close('free', '0'),
      close('own', '5', { charge: chargeOf('5', { charged: false }) }),
    ];
    writeJournal(folderOf('a'), [records]);
    for (const copy of ['b', 'c', 'd']) cpSync(folderOf('a'), folderOf(copy), { recursive: true });
    await postAll();
    expect(await events()).toHaveLength(32);
    expect(await spent()).toBe('0.03');
    const [ledger] = await rows.query(
      `SELECT count(DISTINCT t.id)::int AS transactions, count(*)::int AS lines, trim_scale(sum(amount))::text AS sum
       FROM ledger_transaction t JOIN posting ON transaction_id = t.id WHERE organization_id = $1 AND kind = 'usage'`,
      [`org_${tenant}`],
    );
    expect(ledger).toEqual({ transactions: 30, lines: 120, sum: '0' });
    expect(await rejects()).toEqual([]);
  });

  it('posts more than a batch', async () => {
    writeJournal(folderOf('w'), [many(1_300), many(1_300, 1_300)]);
    await postAll();
    expect(await events()).toHaveLength(2_600);
    expect(await spent()).toBe('2.6');
  });

  it('sets aside what the database refuses and what is damaged, and posts all others', async () => {
    const bad = close('bad', '0.001', { charge: chargeOf('NaN') });
    writeJournal(folderOf('w'), [[...many(20), bad, ...many(20, 20)]]);
    appendFileSync(join(folderOf('w'), segmentName(1)), '00000000 41 {"type":"close"}\n');
    // It comes again, as after a crash of the poster: it is set aside once all the same.
    cpSync(folderOf('w'), join(data, 'copy'), { recursive: true });
    await postAll();
    cpSync(join(data, 'copy'), folderOf('w'), { recursive: true });
    await until(isEmpty, 'posting again');
    expect((await events()).map(([call]) => call)).not.toContain('bad');
    expect(await spent()).toBe('0.04');
    const found = (await rejects()) as { record: string; error: string }[];
    expect(found.map(({ error }) => error).sort()).toEqual([
      expect.stringContaining('amounts_are_costs'),
      'the checksum of the line is wrong',
    ]);
    expect(found.map(({ record }) => record)).toContain(JSON.stringify(bad));
    const kept = join(data, 'journal', '.rejected', `w.${segmentName(1)}`);
    expect(readFileSync(kept, 'utf8')).toContain('"amount":"NaN"');
  });

  it('says where records are missing', async () => {
    const lines = ['a', 'b', 'c', 'd'].map((name, at) => encodeLine(at + 1, close(name)));
    mkdirSync(folderOf('w'), { recursive: true });
    const [first = '', , , last = ''] = lines;
    writeFileSync(join(folderOf('w'), segmentName(1)), first + last);
    await postAll();
    expect(await events()).toHaveLength(2);
    expect(
      await rows.query('SELECT kind, record FROM poster_reject WHERE segment LIKE $1', [
        `${data}%`,
      ]),
    ).toEqual([{ kind: 'gap', record: '2-3' }]);
  });
});

describe('a writer that lives', () => {
  it('is posted while it writes, and its segments go', async () => {
    const writer = new JournalWriter(environment);
    await writer.onModuleInit();
    poster.onApplicationBootstrap();
    await writer.append(open('long'));
    for (let at = 0; at < 1_000; at += 100)
      await Promise.all(many(100, at).map((record) => writer.append(record)));
    await until(async () => (await events()).length === 1_000, 'posting');
    await writer.append(close('long', '1'));
    await writer.append(close('last', '1'));
    await until(async () => (await spent()) === '3', 'posting the rest');
    const [name = ''] = readdirSync(join(data, 'journal')).filter(
      (entry) => !entry.endsWith('.sock'),
    );
    await until(
      () => readdirSync(folderOf(name)).filter((file) => file.endsWith('.journal')).length === 1,
      'dropping segments',
    );
    await writer.onApplicationShutdown();
    await until(isEmpty, 'removing the journal');
    expect(queued).toEqual([]);
  });

  it('is not closed by the poster, however long its call takes', async () => {
    const writer = new JournalWriter(environment);
    await writer.onModuleInit();
    await writer.append(open('long'));
    poster.onApplicationBootstrap();
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await events()).toEqual([]);
    await writer.append(close('long', '1'));
    await until(async () => (await events()).length === 1, 'posting');
    expect(await events()).toEqual([['long', '1', 'final']]);
    await writer.onApplicationShutdown();
  });
});

describe('a writer that died', () => {
  it('has its open calls closed at their last progress, as estimates that are queued', async () => {
    writeJournal(folderOf('w'), [
      [
        open('paid'),
        open('half'),
        open('none'),
        progress('half', '0.1'),
        progress('half', '0.25'),
        close('paid', '2'),
      ],
    ]);
    await postAll();
    expect(await events()).toEqual([
      ['half', '0.25', 'estimate'],
      ['none', '0', 'estimate'],
      ['paid', '2', 'final'],
    ]);
    expect(await spent()).toBe('2.25');
    expect(queued.sort()).toEqual([id('half'), id('none')]);
  });

  it('is read to its end before it is buried, though whole segments hold no close', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `c${at}`);
    const segments: JournalRecord[][] = [
      names.map(open),
      names.map((name) => progress(name, '0.000001')),
      names.map((name) => close(name, '0.5')),
    ];
    writeJournal(folderOf('w'), segments);
    await postAll();
    expect(await events()).toEqual([...names].sort().map((name) => [name, '0.5', 'final']));
    expect(await spent()).toBe('20');
    expect(queued).toEqual([]);
  });
});

describe('Postgres that is away', () => {
  const connections = (allowed: boolean) =>
    rows.query(`SELECT set_config('x.y', '', false)`).then(async () => {
      const server = connect(process.env['TEST_DATABASE_URL'] ?? '');
      const name = new URL(database.url).pathname.slice(1);
      await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${allowed}`);
      if (!allowed)
        await server.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()
             AND usename = $2`,
          [name, new URL(database.appUrl).username],
        );
      await server.close();
    });

  it('delays posting, and loses and doubles nothing', async () => {
    const writer = new JournalWriter(environment);
    await writer.onModuleInit();
    poster.onApplicationBootstrap();
    await Promise.all(many(10).map((record) => writer.append(record)));
    await until(async () => (await events()).length === 10, 'posting');
    await connections(false);
    const warned = jest.spyOn(Logger.prototype, 'error');
    await Promise.all(many(10, 10).map((record) => writer.append(record)));
    await until(() => warned.mock.calls.length > 1, 'failing');
    await Promise.all(many(10, 20).map((record) => writer.append(record)));
    await connections(true);
    await until(async () => (await events()).length === 30, 'posting the rest');
    expect(await spent()).toBe('0.03');
    expect(await rejects()).toEqual([]);
    await writer.onApplicationShutdown();
  });
});

describe('a second poster on the machine', () => {
  it('waits until the first one is gone', async () => {
    poster.onApplicationBootstrap();
    await until(() => existsSync(join(data, 'journal', 'writer.sock')), 'holding');
    const second = makePoster();
    const before = queued;
    second.onApplicationBootstrap();
    writeJournal(folderOf('w'), [[close('c1')]]);
    await until(isEmpty, 'posting');
    await poster.onApplicationShutdown();
    writeJournal(folderOf('v'), [[close('c2')]]);
    await until(async () => (await events()).length === 2, 'taking over');
    await second.onApplicationShutdown();
    expect(before).toEqual([]);
  });
});
