import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AdminApi } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { startCounterApi, type CounterApi } from '../support/admin-counter.js';

let counter: CounterApi;
let api: AdminApi;
beforeAll(async () => {
  counter = await startCounterApi();
  ({ api } = counter);
});
afterAll(() => api.close());
beforeEach(() => counter.reset());

const add = (body: object, headers?: Record<string, string>) => counter.add(body, headers);

describe('a change', () => {
  it('leaves its entry in the audit log, with who, what and from where', async () => {
    await add({ add: 2 }, { 'x-request-id': 'my-request', 'x-forwarded-for': '203.0.113.7' });
    const { body } = await api.operator.get(`${counter.state.organization.path}/audit-log`);
    const me = await api.operator.get('/admin/v1/me');
    expect(body.data).toEqual([
      {
        object: 'audit_entry',
        id: expect.stringMatching(/^aud_[0-9A-Z]{26}$/),
        organization_id: counter.state.organization.id,
        actor_kind: 'operator',
        actor_id: me.body.id,
        action: 'counter.add',
        target_kind: 'counter',
        target_id: counter.state.organization.id,
        before: null,
        after: { version: 3 },
        address: '203.0.113.7',
        request_id: 'my-request',
        at: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
  });

  it('that fails leaves nothing: no change, no entry, and its key is free', async () => {
    const key = { 'idempotency-key': 'free' };
    expect(verdictOf(await add({ add: 2, fail: true }, key))).toBe('503 overloaded');
    expect(await counter.stored()).toEqual({ version: 1, entries: 0 });
    expect((await add({ add: 5 }, key)).body.version).toBe(6);
  });

  it('waits for another of the same organization, so that none is lost', async () => {
    const answers = await Promise.all([1, 1, 1, 1, 1].map((one) => add({ add: one })));
    expect(answers.map(({ body }) => body.version).sort()).toEqual([2, 3, 4, 5, 6]);
    expect(await counter.stored()).toEqual({ version: 6, entries: 5 });
  });
});

describe('If-Match', () => {
  it('goes with the ETag of the answer before', async () => {
    const { headers } = await add({ add: 1 });
    expect(headers.get('etag')).toBe('"2"');
    const next = await add({ add: 1 }, { 'if-match': headers.get('etag') ?? '' });
    expect([next.status, next.headers.get('etag')]).toEqual([200, '"3"']);
  });

  it('refuses a change to what somebody else has changed', async () => {
    await add({ add: 1 });
    for (const seen of ['"1"', 'W/"1"', '"3"']) {
      const answer = await add({ add: 1 }, { 'if-match': seen });
      expect([verdictOf(answer), answer.body.error.param]).toEqual([
        '412 precondition_failed',
        'If-Match',
      ]);
    }
    expect(await counter.stored()).toEqual({ version: 2, entries: 1 });
    for (const seen of ['*', 'W/"2"'])
      expect((await add({ add: 0 }, { 'if-match': seen })).status).toBe(200);
  });

  it('lets one of two pass who saw the same', async () => {
    const answers = await Promise.all(
      [1, 2].map((one) => add({ add: one }, { 'if-match': '"1"' })),
    );
    expect(answers.map(verdictOf).sort()).toEqual(['200', '412 precondition_failed']);
  });

  it('that cannot be read is refused', async () => {
    const answer = await add({ add: 1 }, { 'if-match': 'latest' });
    expect([verdictOf(answer), answer.body.error.param]).toEqual([
      '400 invalid_parameter',
      'If-Match',
    ]);
    expect(counter.state.works).toBe(0);
  });
});
