import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RequestDatabaseService } from '../../src/billing/requests/request-database.service.js';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { logRequests } from '../support/request-log.js';
import { startRequestsApi } from '../support/requests-api.js';
import { until } from '../support/tenant.js';

/** More than two batches. */
const COUNT = 1_234;

let api: AdminApi;
let a: TestOrganization;
let b: TestOrganization;
let expected: string[];

beforeAll(async () => {
  ({ api, a, b } = await startRequestsApi());
  const started = Date.now() - COUNT;
  const calls = await logRequests(
    api.rows,
    Array.from({ length: COUNT }, (_, at) => ({
      organization_id: a.id,
      // Three of each moment, so that batches are cut within one.
      started_at: new Date(started + Math.floor(at / 3)).toISOString(),
      cost: `0.${String(at).padStart(12, '0')}`,
      source: at % 2 === 0 ? 'even' : 'odd "\\\n',
    })),
  );
  expected = calls.reverse();
  await logRequests(api.rows, [{ organization_id: b.id, call_id: 'other' }]);
});
afterAll(() => api.close());
afterEach(() => {
  jest.restoreAllMocks();
});

interface Line {
  readonly object: string;
  readonly id: string;
  readonly [field: string]: unknown;
}

async function exported(filter = ''): Promise<{ lines: Line[]; headers: Headers }> {
  const response = await fetch(`${api.url}${a.path}/requests/export?${filter}`, {
    headers: { authorization: `Bearer ${a.members.billing.token}` },
  });
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text === '' || text.endsWith('\n')).toBe(true);
  const lines = text.split('\n').slice(0, -1);
  return { lines: lines.map((line) => JSON.parse(line) as Line), headers: response.headers };
}

describe('the export of requests', () => {
  it('has every request once, a line each, newest first', async () => {
    const { lines, headers } = await exported();
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    expect(lines.map(({ id }) => id)).toEqual(expected);
    const listed = await a.as('billing').get(`${a.path}/requests?limit=1`);
    expect(lines[0]).toEqual(listed.body.data[0]);
    expect(lines[1]?.['source']).toMatch(/^(even|odd "\\\n)$/);
  });

  it('takes the filters of the list', async () => {
    const { lines } = await exported('source=even&min_cost=0.000000000100');
    expect(lines).toHaveLength(Math.ceil(COUNT / 2) - 50);
    expect((await exported('since=2001-01-01&until=2001-01-02')).lines).toEqual([]);
  });

  it.each([
    ['color=red', 'color'],
    ['limit=5', 'limit'],
    ['cursor=x', 'cursor'],
    ['since=2026-W10', 'since'],
  ])('refuses ?%s before anything is sent', async (filter, param) => {
    const found = await a.as('owner').get(`${a.path}/requests/export?${filter}`);
    expect([found.status, found.body.error.param]).toEqual([400, param]);
  });

  it('is for owners, admins and billing, of this organization', async () => {
    const path = `${a.path}/requests/export?since=2001-01-01&until=2001-01-02`;
    for (const role of ['owner', 'admin', 'billing'] as const)
      expect((await a.as(role).get(path)).status).toBe(200);
    for (const role of ['developer', 'viewer'] as const)
      expect(verdictOf(await a.as(role).get(path))).toBe('403 role_not_allowed');
    expect(verdictOf(await b.as('owner').get(path))).toBe('404 resource_not_found');
  });

  it('that fails midway ends with an error, from which it can be continued', async () => {
    const database = api.app.get(RequestDatabaseService);
    const read = database.read.bind(database);
    let batches = 0;
    jest.spyOn(database, 'read').mockImplementation((organization, work) => {
      if (++batches === 2) return Promise.reject(new Error('secret detail: connection lost'));
      return read(organization, work);
    });
    const { lines } = await exported();
    const [last, ...rest] = lines.reverse();
    expect(rest.reverse().map(({ id }) => id)).toEqual(expected.slice(0, 500));
    expect(last).toEqual({
      object: 'error',
      error: {
        message: expect.any(String),
        type: 'server_error',
        param: null,
        code: 'internal_error',
      },
      next_cursor: expect.any(String),
    });
    expect(JSON.stringify(last)).not.toContain('secret');
    const continued = await exported(`cursor=${String(last?.['next_cursor'])}`);
    expect(continued.lines.map(({ id }) => id)).toEqual(expected.slice(500));
  });

  it('reads no further than its client does, and stops when the client leaves', async () => {
    const database = api.app.get(RequestDatabaseService);
    let batches = 0;
    const endless = 'x'.repeat(256 * 1024);
    jest.spyOn(database, 'read').mockImplementation(() => {
      batches++;
      return Promise.resolve({ lines: `${endless}\n`, next: nextCursor });
    });
    const response = await openExport();
    const rests = async (): Promise<boolean> => {
      const before = batches;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return batches === before;
    };
    await until(rests, 'the export to wait');
    const waited = batches;
    expect(waited).toBeLessThan(200);
    response.resume();
    await until(() => batches > waited + 50, 'reading on');
    response.destroy();
    await until(rests, 'the end');
  });

  /** A place in the list, so that every batch is followed by another. */
  const nextCursor = Buffer.from('["2026-01-01T00:00:00.000Z","x"]').toString('base64url');

  /** The head of an export whose body nobody reads yet. */
  function openExport(): Promise<IncomingMessage> {
    const headers = { authorization: `Bearer ${a.members.owner.token}` };
    return new Promise((resolve, reject) => {
      const request = get(`${api.url}${a.path}/requests/export`, { headers }, resolve);
      request.on('error', reject);
    });
  }
});
