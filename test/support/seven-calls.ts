import type { RequestRow } from './admin-client.js';
import { chatBody, postChat } from './chat-client.js';
import { eventually } from './eventually.js';
import type { TestGateway } from './gateway.js';
import { createTenant, type TestTenant } from './paying-tenant.js';

/** Requests, as they are listed. */
export interface Page {
  readonly data: RequestRow[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

/** Usage of calls that have something in common. */
export interface Group {
  readonly requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cost_usd: string;
  readonly [name: string]: unknown;
}

/** Makes six calls of one organization, of which two fail, and one of another; resolves when all are in the log. */
export async function makeCalls(
  gateway: TestGateway,
): Promise<[tenant: TestTenant, other: TestTenant]> {
  const [tenant, other] = await Promise.all([
    createTenant(gateway.database, { credit: '1' }),
    createTenant(gateway.database, { credit: '1' }),
  ]);
  const caller = { url: gateway.url, apiKey: tenant.apiKey };
  const tags = { 'x-osm-tag-team': 'blue', 'x-session-id': 's-1', 'x-source': 'spec' };
  for (const tokens of [1, 2, 3]) await postChat(caller, chatBody(`[[tokens=${tokens}]]`), tags);
  await postChat(caller, chatBody('[[tokens=4]]', { model: 'sandbox-large', max_tokens: 9 }));
  await postChat(caller, chatBody('[[error=500]]'));
  await postChat(caller, chatBody('Hi', { model: 'no-such-model' }));
  await postChat({ ...caller, apiKey: other.apiKey }, chatBody('[[tokens=5]]'));
  await eventually(
    () => gateway.database.query('SELECT 1 FROM request_log'),
    ({ rowCount }) => rowCount === 7,
  );
  return [tenant, other];
}
