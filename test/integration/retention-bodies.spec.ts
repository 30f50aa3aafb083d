import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { RequestsModule } from '../../src/billing/requests/requests.module.js';
import { BodyStore } from '../../src/billing/retention/body-store.service.js';
import type { CallContent } from '../../src/billing/retention/kept-body.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { HealthModule } from '../../src/platform/health/health.module.js';
import { MetricsService } from '../../src/platform/telemetry/metrics.service.js';
import { TelemetryModule } from '../../src/platform/telemetry/telemetry.module.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { takeSecondWallDown } from '../support/tenant-rows.js';
import { until } from '../support/tenant.js';

const MARKER = 'the-prompt-nobody-may-find';
const CONTENT: CallContent = {
  request: { model: 'm', messages: [{ role: 'user', content: MARKER }] },
  answer: { object: 'chat.completion', choices: [] },
  error: null,
  truncated: false,
};

let api: AdminApi;
let store: BodyStore;
let full: TestOrganization;
let other: TestOrganization;

beforeAll(async () => {
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  api = await startAdminApi({ more: [HealthModule, TelemetryModule, RequestsModule] });
  store = api.app.get(BodyStore);
  await takeSecondWallDown(api.rows);
  full = await api.makeOrganization('full');
  other = await api.makeOrganization('other');
  await retain(full, 'full');
});
afterAll(() => api.close());
afterEach(() => {
  jest.restoreAllMocks();
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
});

function retain(organization: TestOrganization, retention: string): Promise<unknown> {
  return api.rows.query('UPDATE organization SET retention = $2 WHERE id = $1', [
    organization.id,
    retention,
  ]);
}

/** Hands a call's content over; gives its id. */
function keep(organization: TestOrganization, content: Partial<CallContent> = {}): string {
  const callId = `tx_osm_${nextUlid()}`;
  const owner = { callId, organizationId: organization.id, startedAt: Date.now() };
  store.keep(owner, { ...CONTENT, ...content });
  return callId;
}

/** What a database does that cannot be reached. */
function away(): never {
  throw new Error('away');
}

const isKept = (callId: string) => async () => {
  const found = await api.rows.query('SELECT FROM request_body WHERE call_id = $1', [callId]);
  return found.length > 0;
};

async function lost(): Promise<number> {
  const text = await api.app.get(MetricsService).registry.metrics();
  return Number(/^osm_bodies_lost_total (\d+)$/m.exec(text)?.[1]);
}

const read = (callId: string, by = full.as('owner')) =>
  by.get(`${full.path}/requests/${callId}/body`);

describe('the content of a call', () => {
  it('is kept sealed, and given to those who may see it', async () => {
    const callId = keep(full);
    await until(isKept(callId), 'keeping');
    for (const role of ['owner', 'admin', 'developer'] as const) {
      const { status, body } = await read(callId, full.as(role));
      expect([role, status]).toEqual([role, 200]);
      expect(body).toEqual({
        object: 'request_body',
        id: callId,
        organization_id: full.id,
        ...CONTENT,
        started_at: expect.any(String),
        expires_at: expect.any(String),
      });
      const days = (Date.parse(body.expires_at) - Date.parse(body.started_at)) / 86_400_000;
      expect(days).toBe(30);
    }
    for (const role of ['billing', 'viewer'] as const)
      expect(verdictOf(await read(callId, full.as(role)))).toBe('403 role_not_allowed');
    expect(verdictOf(await read(callId, other.as('owner')))).toBe('404 resource_not_found');
    const foreign = await other.as('owner').get(`${other.path}/requests/${callId}/body`);
    expect(verdictOf(foreign)).toBe('404 resource_not_found');
  });

  it('stands nowhere in the database in the clear', async () => {
    const callId = keep(full);
    await until(isKept(callId), 'keeping');
    const [row] = await api.rows.query(
      `SELECT encode(ciphertext, 'escape') || encode(wrapped_key, 'escape') AS text FROM request_body WHERE call_id = $1`,
      [callId],
    );
    expect(String(row?.['text']).length).toBeGreaterThan(50);
    expect(row?.['text']).not.toContain(MARKER);
    expect(row?.['text']).not.toContain('messages');
  });

  it('opens for its own call alone', async () => {
    const [one, two] = [keep(full), keep(full, { answer: null })];
    await until(isKept(two), 'keeping');
    await api.rows.query(
      `UPDATE request_body AS b SET key_id = o.key_id, wrapped_key = o.wrapped_key, ciphertext = o.ciphertext
       FROM request_body AS o WHERE b.call_id = $1 AND o.call_id = $2`,
      [one, two],
    );
    const { status, body } = await read(one);
    expect([status, body.error.code]).toEqual([500, 'internal_error']);
    expect((await read(two)).body.answer).toBeNull();
  });

  it('is not given any more from the moment on that was promised', async () => {
    const callId = keep(full);
    await until(isKept(callId), 'keeping');
    await api.rows.query('UPDATE request_body SET expires_at = now() WHERE call_id = $1', [callId]);
    expect(verdictOf(await read(callId))).toBe('404 resource_not_found');
  });

  it('is dropped where the organization does not keep it by now', async () => {
    const gone = await api.makeOrganization('gone');
    await retain(gone, 'full');
    await api.rows.query('UPDATE organization SET deleted_at = now() WHERE id = $1', [gone.id]);
    const refused = [keep(other), keep(gone)];
    const after = keep(full);
    await until(isKept(after), 'keeping');
    for (const callId of refused) expect(await isKept(callId)()).toBe(false);
    expect(await lost()).toBe(0);
  });

  it('of many calls is kept of all of them', async () => {
    const calls = Array.from({ length: 150 }, () => keep(full));
    await until(async () => {
      const found = await api.rows.query('SELECT FROM request_body WHERE call_id = ANY ($1)', [
        calls,
      ]);
      return found.length === calls.length;
    }, 'keeping all');
  });

  it('waits while the database does not take it', async () => {
    const query = jest.spyOn(api.app.get(DatabaseService).pool, 'query').mockImplementation(away);
    const callId = keep(full);
    await until(() => query.mock.calls.length > 0, 'trying');
    expect(await isKept(callId)()).toBe(false);
    query.mockRestore();
    await until(isKept(callId), 'keeping');
    expect(await lost()).toBe(0);
  });

  it('is lost, and counted, where too much waits; and at the end of a process that cannot write', async () => {
    const query = jest.spyOn(api.app.get(DatabaseService).pool, 'query').mockImplementation(away);
    const calls = Array.from({ length: 2_003 }, () => keep(full));
    expect(await lost()).toBe(3);
    await store.onApplicationShutdown();
    expect(await lost()).toBe(calls.length);
    query.mockRestore();
    const callId = keep(full);
    await store.onApplicationShutdown();
    expect(await isKept(callId)()).toBe(true);
  });
});
