import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExpiryService } from '../../src/billing/retention/expiry.service.js';
import { OrganizationContentService } from '../../src/billing/retention/organization-content.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { getAdmin } from '../support/admin-client.js';
import { chatBody, postChat, readStream } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createTenant, type TestTenant } from '../support/paying-tenant.js';

const RETENTIONS = ['none', 'metadata', 'full'] as const;
type Retention = (typeof RETENTIONS)[number];

/** A prompt that stands nowhere else; what of it may be found says where it was kept. */
const markerOf = (retention: Retention) => `xqz-${retention}-prompt-marker-7f3a91`;

describe('what is kept of a request', () => {
  let gateway: TestGateway;
  const tenants = {} as Record<Retention, TestTenant>;
  /** Ids of a call in one piece and of a streamed one. */
  const calls = {} as Record<Retention, readonly [whole: string, streamed: string]>;

  beforeAll(async () => {
    gateway = await startGateway();
    for (const retention of RETENTIONS) {
      tenants[retention] = await createTenant(gateway.database, { credit: '1' });
      await gateway.database.query('UPDATE organization SET retention = $2 WHERE id = $1', [
        tenants[retention].organizationId,
        retention,
      ]);
      calls[retention] = [await call(retention, false), await call(retention, true)];
    }
    await eventually(
      () => count('usage_event'),
      (found) => found === 6,
    );
    await eventually(
      () => count('request_body'),
      (found) => found === 2,
    );
  });
  afterAll(() => gateway.stop());

  /** Makes a call with the marker in its prompt; gives its id. */
  async function call(retention: Retention, stream: boolean): Promise<string> {
    const { apiKey } = tenants[retention];
    const prompt = `${markerOf(retention)} [[tokens=3]]`;
    const answer = await postChat({ url: gateway.url, apiKey }, chatBody(prompt, { stream }));
    expect(answer.status).toBe(200);
    const text = stream ? (readStream(answer.text).frames[0] ?? '') : answer.text;
    return (JSON.parse(text) as { id: string }).id;
  }

  async function count(table: 'usage_event' | 'request_body' | 'request_log', of?: Retention) {
    const { rows } = await gateway.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE $1::text IS NULL OR organization_id = $1`,
      [of === undefined ? null : tenants[of].organizationId],
    );
    return rows[0]?.count;
  }

  /** Every row of every table of every schema, as text. */
  async function dump(): Promise<string> {
    const { rows: tables } = await gateway.database.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const parts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await gateway.database.query<{ text: string }>(
        `SELECT r::text AS text FROM ${name} AS r`,
      );
      parts.push(...rows.map(({ text }) => text));
    }
    return parts.join('\n');
  }

  /** Every file that the gateway wrote. */
  function files(): string {
    const root = gateway.environment['DATA_DIR'] ?? '';
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
  }

  /** The forms in which a text may stand somewhere. */
  function formsOf(text: string): string[] {
    const bytes = Buffer.from(text);
    return [
      text,
      bytes.toString('base64').slice(0, -4),
      bytes.toString('hex'),
      encodeURIComponent(text),
    ];
  }

  const body = async (retention: Retention, id: string) =>
    getAdmin(gateway, `organizations/${tenants[retention].organizationId}/requests/${id}/body`);

  it('is never the prompt in the clear: not in the database, a journal, a log or the metrics', async () => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    const places = { database: await dump(), files: files(), logs: gateway.logs(), metrics };
    expect(places.database).toContain(calls.metadata[0]);
    expect(places.files).toContain(calls.none[0]);
    for (const [place, text] of Object.entries(places))
      for (const retention of RETENTIONS)
        for (const form of formsOf(markerOf(retention)))
          expect([place, form, text.includes(form)]).toEqual([place, form, false]);
  });

  it('is nothing but the figures with none, a row of the log with metadata and full', async () => {
    expect(await Promise.all(RETENTIONS.map((of) => count('usage_event', of)))).toEqual([2, 2, 2]);
    expect(await Promise.all(RETENTIONS.map((of) => count('request_log', of)))).toEqual([0, 2, 2]);
    expect(await Promise.all(RETENTIONS.map((of) => count('request_body', of)))).toEqual([0, 0, 2]);
    expect((await getAdmin(gateway, `requests/${calls.none[0]}`)).status).toBe(404);
    expect((await body('metadata', calls.metadata[0])).status).toBe(404);
  });

  it('is the request and the answer with full, streamed or not', async () => {
    for (const id of calls.full) {
      const response = await body('full', id);
      const kept = (await response.json()) as {
        request: { messages: { content: string }[] };
        answer: { choices: { message: { content: string }; finish_reason: string }[] };
      };
      expect([id, response.status]).toEqual([id, 200]);
      expect(kept.request.messages[0]?.content).toContain(markerOf('full'));
      expect(kept.answer.choices[0]?.message.content).toMatch(/\S/);
      expect(kept.answer.choices[0]?.finish_reason).toBe('stop');
      expect(kept).toMatchObject({ id, error: null, truncated: false });
    }
  });

  it('has what a process had in hand when it was told to stop', async () => {
    const id = await call('full', false);
    expect(await gateway.main.program.stop()).toBe(0);
    const { rowCount } = await gateway.database.query(
      'SELECT FROM request_body WHERE call_id = $1',
      [id],
    );
    expect(rowCount).toBe(1);
    await gateway.startMain();
  });

  it('is nothing when its days are over, and nothing of a deleted organization', async () => {
    const environment = Object.assign(new Environment(), {
      DATABASE_URL: gateway.environment['DATABASE_URL'],
    });
    const database = new DatabaseService(environment);
    const { organizationId } = tenants.full;
    try {
      await gateway.database.query('UPDATE request_body SET expires_at = now()');
      expect((await body('full', calls.full[0])).status).toBe(404);
      await new ExpiryService(database).bodies();
      expect(await count('request_body')).toBe(0);
      await gateway.database.query('UPDATE organization SET deleted_at = now() WHERE id = $1', [
        organizationId,
      ]);
      expect(await new OrganizationContentService(database).erase(organizationId)).toBe(true);
      expect(await count('request_log', 'full')).toBe(0);
      expect(await count('request_log', 'metadata')).toBe(2);
      expect(await count('usage_event', 'full')).toBe(3);
    } finally {
      await database.onApplicationShutdown();
    }
  });
});
