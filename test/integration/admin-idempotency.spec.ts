import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { IdempotencyService } from '../../src/tenants/index.js';
import type { AdminApi } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { COUNTER, startCounterApi, type CounterApi } from '../support/admin-counter.js';
import { eventually } from '../support/eventually.js';

let counter: CounterApi;
let api: AdminApi;
beforeAll(async () => {
  counter = await startCounterApi();
  ({ api } = counter);
});
afterAll(() => api.close());
beforeEach(() => counter.reset());

const add = (body: object, headers?: Record<string, string>) => counter.add(body, headers);

let keys = 0;
const newKey = (): { 'idempotency-key': string } => ({ 'idempotency-key': `key ${++keys}` });

describe('Idempotency-Key', () => {
  it('gives a repeated request the first answer, and does nothing again', async () => {
    const key = newKey();
    const first = await add({ add: 1 }, key);
    const again = await add({ add: 1 }, key);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('etag')).toBe('"2"');
    expect(await counter.stored()).toEqual({ version: 2, entries: 1 });
    expect(counter.state.works).toBe(1);
  });

  it.each([
    ['body', { add: 2 }, COUNTER],
    ['path', { add: 1 }, `${COUNTER}?a=b`],
  ])('refuses another %s', async (_what, body, path) => {
    const key = newKey();
    await add({ add: 1 }, key);
    const answer = await api.operator.patch(path, body, key);
    expect(verdictOf(answer)).toBe('409 idempotency_conflict');
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(await counter.stored()).toEqual({ version: 2, entries: 1 });
  });

  it('is one token’s own', async () => {
    const { body } = await api.operator.post('/admin/v1/tokens', { name: 'Another' });
    const key = newKey();
    await add({ add: 1 }, key);
    const other = await api.as(body.token).patch(COUNTER, { add: 1 }, key);
    expect(other.body.version).toBe(3);
  });

  it('makes the second of two at once wait for the answer of the first', async () => {
    let open: () => void = () => undefined;
    counter.state.gate = new Promise((resolve) => (open = resolve));
    const key = newKey();
    const both = [add({ add: 1 }, key), add({ add: 1 }, key)];
    await eventually(counter.waiting, ({ length }) => length === 1);
    open();
    const [one, two] = await Promise.all(both);
    expect(one?.body).toEqual(two?.body);
    expect(one?.status).toBe(200);
    expect(counter.state.works).toBe(1);
    const replayed = [one, two].filter((answer) => answer?.headers.has('idempotency-replayed'));
    expect(replayed).toHaveLength(1);
  });

  it('lets the second of two at once do the work where the first failed', async () => {
    let open: () => void = () => undefined;
    counter.state.gate = new Promise((resolve) => (open = resolve));
    const key = newKey();
    const failing = add({ add: 1, fail: true }, key);
    await eventually(async () => counter.state.works === 1);
    const second = add({ add: 1 }, key);
    await eventually(counter.waiting, ({ length }) => length === 1);
    open();
    expect((await failing).status).toBe(503);
    expect((await second).body.version).toBe(2);
  });

  it.each(['', 'x'.repeat(256), 'a\tb', 'caf\u00e9'])('may not be %j', async (text) => {
    const answer = await add({ add: 1 }, { 'idempotency-key': text });
    expect([verdictOf(answer), answer.body.error.param]).toEqual([
      '400 invalid_parameter',
      'Idempotency-Key',
    ]);
  });

  it('keeps answers so that nobody can read them in the database', async () => {
    await add({ add: 41 }, newKey());
    const [row] = await api.rows.query(
      'SELECT answer::text FROM idempotency_record ORDER BY created_at DESC LIMIT 1',
    );
    const { ciphertext, ...rest } = JSON.parse(String(row?.['answer'])) as Record<string, string>;
    expect(ciphertext).toMatch(/^[\w+/=]+$/);
    const bytes = Buffer.from(ciphertext ?? '', 'base64').toString('latin1');
    for (const text of [JSON.stringify(rest), ciphertext, bytes])
      expect(text).not.toContain('secret-of-');
  });

  it('is forgotten after 48 hours', async () => {
    const idempotency = api.app.get(IdempotencyService);
    const [young, old] = [newKey(), newKey()];
    for (const key of [young, old]) await add({ add: 1 }, key);
    const age = (key: { 'idempotency-key': string }, interval: string) =>
      api.rows.query(
        'UPDATE idempotency_record SET created_at = now() - $2::interval WHERE key = $1',
        [key['idempotency-key'], interval],
      );
    await age(young, '47 hours 59 minutes');
    await age(old, '48 hours 1 minute');
    expect(await idempotency.expireIdempotencyRecords(new Date())).toBe(1);
    expect((await add({ add: 1 }, young)).headers.get('idempotency-replayed')).toBe('true');
    expect((await add({ add: 1 }, old)).headers.get('idempotency-replayed')).toBeNull();
  });
});
